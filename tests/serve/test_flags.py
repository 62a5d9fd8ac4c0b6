"""Checks of a spec's flags against those of the engine's own parser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tasks.config.server import ArgValue
from tasks.errors import InputError
from tasks.provision.provisioned import EngineBuild, Environment
from tasks.serve.flags import ask_flags, check_flags, known_flags
from tests.serve.fake import a_server

BUILD = EngineBuild(name="fake", engine="vllm", version="0.1", digest="d")
KNOWN = frozenset({"max-model-len", "enforce-eager", "attention-backend", "compilation-config"})
PARSER = """
import argparse, os
open(os.environ["CALLS"], "a").write("x")
parser = argparse.ArgumentParser()
parser.add_argument("--max-model-len")
parser.add_argument("--prefix-caching", action=argparse.BooleanOptionalAction)
parser.parse_args()
raise SystemExit("the server was started")
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Return an interpreter with an engine whose parser knows three flags."""
    package = tmp_path / "site" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text(PARSER)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return Environment(python=Path(sys.executable), build=BUILD)


def test_the_parser_runs_once_for_each_environment(environment: Environment, tmp_path: Path) -> None:
    assert known_flags(BUILD) is None
    flags = ask_flags(environment)
    assert flags == frozenset({"help", "max-model-len", "prefix-caching", "no-prefix-caching"})
    assert ask_flags(environment) == known_flags(BUILD) == flags
    assert (tmp_path / "calls").read_text() == "x"


def test_an_engine_whose_parser_fails_is_not_checked(environment: Environment) -> None:
    broken = environment.model_copy(update={"python": Path("/bin/false")})
    assert ask_flags(broken) is None
    check_flags(a_server(args={"anything": 1}), BUILD, None)


@pytest.mark.parametrize("flag", ["max-model-len", "max_model_len", "compilation-config.mode"])
def test_a_known_flag_is_accepted(flag: str) -> None:
    check_flags(a_server(args={flag: 1}), BUILD, KNOWN)


@pytest.mark.parametrize(
    ("args", "remedy"),
    [({"atention-backend": "X"}, "did you mean attention-backend?"), ({"zzz": True}, "documentation")],
)
def test_an_unknown_flag_is_refused_with_the_nearest_name(args: dict[str, ArgValue], remedy: str) -> None:
    with pytest.raises(InputError) as error:
        check_flags(a_server(args=args), BUILD, KNOWN)
    assert error.value.what == f"server.args.{next(iter(args))}: vllm 0.1 has no such flag"
    assert remedy in error.value.remedy
