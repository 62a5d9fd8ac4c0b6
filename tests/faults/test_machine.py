"""The machine offers too little: few open files, no space for temporary files, no writable home."""

from __future__ import annotations

import sys

import pytest

from tests.faults.case import Case
from tests.faults.run_command import servegauge
from tests.faults.small_disk import FILL, small_disk


def test_few_open_files(case: Case, api: str) -> None:
    """The run raises the soft limit of its shell to the hard limit, for the clients and for the server."""
    case.load = ((150, 150),)
    with servegauge(case, api, prefix=("/bin/sh", "-c", 'ulimit -Sn 128; exec "$@"', "sh")) as run:
        code = run.wait()
        assert code == 0, run.stderr()
    assert case.table("points").select("succeeded", "failed").rows() == [(150, 0)]


def test_no_space_for_temporary_files(case: Case) -> None:
    folder = case.folder / "temporary"
    prefix = small_disk(folder, "2m")
    fill = f'"{sys.executable}" -c "$1" "$2" 4096; shift 2; exec "$@"'
    shell = ("/bin/sh", "-c", fill, "sh", FILL, str(folder))
    with servegauge(case, "", prefix=(*prefix, *shell), variables={"TMPDIR": str(folder)}) as run:
        assert run.wait() == 1
        output = run.stderr()
    assert f"error: the folder {folder} cannot be written: No space left on device" in output
    assert "TMPDIR" in output
    assert len(output.strip().splitlines()) == 2
    assert not case.pids()


@pytest.mark.parametrize("name", ["HOME", "PREFECT_HOME"])
def test_a_home_that_cannot_be_written(case: Case, name: str) -> None:
    with servegauge(case, "", variables={name: "/proc/nowhere"}) as run:
        assert run.wait() == 1
        output = run.stderr()
    assert "error: the folder /proc/nowhere" in output
    assert "PREFECT_HOME" in output
    assert len(output.strip().splitlines()) == 2
    assert not case.pids()
