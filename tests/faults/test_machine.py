"""The machine gives too little: few open files, no room for temporary files, no home to write to."""

from __future__ import annotations

import sys

import pytest

from tests.faults.command import command
from tests.faults.driver import table
from tests.faults.engine import Case
from tests.faults.test_disk import FILL, small_disk


def test_few_open_files(case: Case, api: str) -> None:
    """A shell's soft limit is raised as far as may be, for the clients and for the server."""
    case.load = ((150, 150),)
    with command(case, api, "/bin/sh", "-c", 'ulimit -Sn 128; exec "$@"', "sh") as run:
        code = run.ends()
        assert code == 0, run.said()
    assert table(case, "points").select("succeeded", "failed").rows() == [(150, 0)]


def test_no_room_for_temporary_files(case: Case) -> None:
    folder = case.folder / "temporary"
    prefix = small_disk(folder, "2m")
    fill = f'"{sys.executable}" -c "$1" "$2" 4096; shift 2; exec "$@"'
    shell = ("/bin/sh", "-c", fill, "sh", FILL, str(folder))
    with command(case, "", *prefix, *shell, TMPDIR=str(folder)) as run:
        assert run.ends() == 1
        said = run.said()
    assert f"error: the folder {folder} cannot be written: No space left on device" in said
    assert "TMPDIR" in said
    assert len(said.strip().splitlines()) == 2
    assert not case.pids()


@pytest.mark.parametrize("name", ["HOME", "PREFECT_HOME"])
def test_a_home_that_cannot_be_written(case: Case, name: str) -> None:
    with command(case, "", **{name: "/proc/nowhere"}) as run:
        assert run.ends() == 1
        said = run.said()
    assert "error: the folder /proc/nowhere" in said
    assert "PREFECT_HOME" in said
    assert len(said.strip().splitlines()) == 2
    assert not case.pids()
