"""A spec's flags against those of the engine's own parser."""

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
raise SystemExit("it was started")
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An interpreter with an engine whose parser knows three flags."""
    package = tmp_path / "site" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text(PARSER)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return Environment(python=Path(sys.executable), build=BUILD)


def test_the_engine_is_asked_once(environment: Environment, tmp_path: Path) -> None:
    assert known_flags(BUILD) is None
    flags = ask_flags(environment)
    assert flags == {"help", "max-model-len", "prefix-caching", "no-prefix-caching"}
    assert ask_flags(environment) == known_flags(BUILD) == flags
    assert (tmp_path / "calls").read_text() == "x"


def test_an_engine_that_does_not_tell(environment: Environment) -> None:
    silent = environment.model_copy(update={"python": Path("/bin/false")})
    assert ask_flags(silent) is None
    check_flags(a_server(args={"anything": 1}), BUILD, None)


@pytest.mark.parametrize("flag", ["max-model-len", "max_model_len", "compilation-config.mode"])
def test_known(flag: str) -> None:
    check_flags(a_server(args={flag: 1}), BUILD, KNOWN)


@pytest.mark.parametrize(
    ("args", "remedy"),
    [({"atention-backend": "X"}, "did you mean attention-backend?"), ({"zzz": True}, "documentation")],
)
def test_unknown(args: dict[str, ArgValue], remedy: str) -> None:
    with pytest.raises(InputError) as error:
        check_flags(a_server(args=args), BUILD, KNOWN)
    assert error.value.what == f"server.args.{next(iter(args))}: vllm 0.1 has no such flag"
    assert remedy in error.value.remedy
