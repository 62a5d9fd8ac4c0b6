"""Building a folder once: with two builders, a builder that fails, a builder that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.build_once import MARKER, UNFINISHED, build_once, remove_unfinished

BUILDER = """
import sys
from pathlib import Path
from tasks.provision.build_once import build_once

def fill(folder):
    folder.mkdir()
    (folder / "content").write_text("half")
    with open(sys.argv[2], "a") as calls:
        calls.write("filled\\n")
    print("filling", flush=True)
    sys.stdin.readline()
    return "marker"

print(build_once(Path(sys.argv[1]), fill), flush=True)
"""


def start_builder(target: Path, calls: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-c", BUILDER, str(target), str(calls)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def fill_simple(folder: Path) -> str:
    folder.mkdir()
    return "simple"


def unfinished_folders(folder: Path) -> list[Path]:
    return list(folder.glob(f".*{UNFINISHED}"))


def test_a_finished_folder_is_reused(tmp_path: Path) -> None:
    target = tmp_path / "new" / "thing-1.2"
    assert build_once(target, fill_simple) == "simple"
    assert (target / MARKER).read_text() == "simple"
    assert build_once(target, lambda _: pytest.fail("built twice")) == "simple"


def test_two_processes_build_it_once(tmp_path: Path) -> None:
    target, calls = tmp_path / "thing", tmp_path / "calls"
    builders = [start_builder(target, calls) for _ in range(2)]
    for builder in builders:  # either of them may hold the lock, so both get their input first
        assert builder.stdin
        builder.stdin.write("go\n")
        builder.stdin.flush()
    outputs = [builder.communicate(timeout=60)[0].split() for builder in builders]
    assert sorted(outputs, key=len) == [["marker"], ["filling", "marker"]]
    assert calls.read_text() == "filled\n"


def test_a_killed_builder_leaves_a_free_lock_and_no_part_of_the_folder(tmp_path: Path) -> None:
    target, calls = tmp_path / "thing", tmp_path / "calls"
    builder = start_builder(target, calls)
    assert builder.stdout
    assert builder.stdout.readline() == "filling\n"
    assert len(unfinished_folders(tmp_path)) == 1
    assert not target.exists()
    builder.send_signal(signal.SIGKILL)
    builder.communicate(timeout=60)
    assert build_once(target, fill_simple) == "simple"
    assert not unfinished_folders(tmp_path)
    assert not (target / "content").exists()


def test_unfinished_folders_are_removed_unless_a_process_builds_them(tmp_path: Path) -> None:
    busy, dead = tmp_path / "busy-1", tmp_path / f".dead-0.9.77-ab{UNFINISHED}"
    dead.mkdir()
    builder = start_builder(busy, tmp_path / "calls")
    assert builder.stdout
    assert builder.stdout.readline() == "filling\n"
    remove_unfinished(tmp_path)
    assert [path.name.startswith(".busy-1.") for path in unfinished_folders(tmp_path)] == [True]
    assert builder.communicate("go\n", timeout=60)[0] == "marker\n"
    assert (busy / "content").read_text() == "half"


def test_a_builder_that_fails_leaves_nothing_and_can_be_called_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> str:
        folder.mkdir()
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        build_once(tmp_path / "thing", fail)
    assert not unfinished_folders(tmp_path)
    assert build_once(tmp_path / "thing", fill_simple) == "simple"


def test_a_folder_without_its_marker_is_built_again(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "old").touch()
    assert build_once(tmp_path / "thing", fill_simple) == "simple"
    assert not (tmp_path / "thing" / "old").exists()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="SERVEGAUGE_HOME"):
        build_once(tmp_path / "file" / "models" / "thing", fill_simple)
