"""Folders made once: two makers, a maker that fails, a maker that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.build_once import MARKER, UNFINISHED, build_once, remove_leftovers

MAKER = """
import sys
from pathlib import Path
from tasks.provision.build_once import build_once

def make(folder):
    folder.mkdir()
    (folder / "content").write_text("half")
    with open(sys.argv[2], "a") as calls:
        calls.write("made\\n")
    print("making", flush=True)
    sys.stdin.readline()
    return "marker"

print(build_once(Path(sys.argv[1]), make), flush=True)
"""


def start_maker(target: Path, calls: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-c", MAKER, str(target), str(calls)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def simple(folder: Path) -> str:
    folder.mkdir()
    return "simple"


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(f".*{UNFINISHED}"))


def test_made_whole_and_then_reused(tmp_path: Path) -> None:
    target = tmp_path / "new" / "thing-1.2"
    assert build_once(target, simple) == "simple"
    assert (target / MARKER).read_text() == "simple"
    assert build_once(target, lambda _: pytest.fail("made twice")) == "simple"


def test_two_processes_make_it_once(tmp_path: Path) -> None:
    target, calls = tmp_path / "thing", tmp_path / "calls"
    makers = [start_maker(target, calls) for _ in range(2)]
    for maker in makers:  # which of them makes it is open, so both are let go first
        assert maker.stdin
        maker.stdin.write("go\n")
        maker.stdin.flush()
    answers = [maker.communicate(timeout=60)[0].split() for maker in makers]
    assert sorted(answers, key=len) == [["marker"], ["making", "marker"]]
    assert calls.read_text() == "made\n"


def test_a_killed_maker_leaves_a_free_lock_and_nothing_half_made(tmp_path: Path) -> None:
    target, calls = tmp_path / "thing", tmp_path / "calls"
    maker = start_maker(target, calls)
    assert maker.stdout
    assert maker.stdout.readline() == "making\n"
    assert len(unfinished(tmp_path)) == 1
    assert not target.exists()
    maker.send_signal(signal.SIGKILL)
    maker.communicate(timeout=60)
    assert build_once(target, simple) == "simple"
    assert not unfinished(tmp_path)
    assert not (target / "content").exists()


def test_leftovers_of_others_go_only_when_nobody_works_on_them(tmp_path: Path) -> None:
    busy, dead = tmp_path / "busy-1", tmp_path / f".dead-0.9.77-ab{UNFINISHED}"
    dead.mkdir()
    maker = start_maker(busy, tmp_path / "calls")
    assert maker.stdout
    assert maker.stdout.readline() == "making\n"
    remove_leftovers(tmp_path)
    assert [path.name.startswith(".busy-1.") for path in unfinished(tmp_path)] == [True]
    assert maker.communicate("go\n", timeout=60)[0] == "marker\n"
    assert (busy / "content").read_text() == "half"


def test_a_maker_that_fails_leaves_nothing_and_may_try_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> str:
        folder.mkdir()
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        build_once(tmp_path / "thing", fail)
    assert not unfinished(tmp_path)
    assert build_once(tmp_path / "thing", simple) == "simple"


def test_a_folder_without_its_marker_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "old").touch()
    assert build_once(tmp_path / "thing", simple) == "simple"
    assert not (tmp_path / "thing" / "old").exists()


def test_a_place_that_cannot_be_written_is_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="SERVEGAUGE_HOME"):
        build_once(tmp_path / "file" / "models" / "thing", simple)
