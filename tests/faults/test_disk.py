"""The disk fills up, or the results vanish, under a run: it is said, and what was written before is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.benchmark import benchmark
from tasks.errors import MeasureError
from tests.faults.command import Command, command
from tests.faults.driver import PROBE, meanwhile, table
from tests.faults.engine import Case, until

FILL = """
import contextlib, os, sys
path, leave = sys.argv[1], int(sys.argv[2])
with open(os.path.join(path, "filler"), "wb", buffering=0) as file:
    with contextlib.suppress(OSError):  # the run writes too: how much is free is known when nothing is
        while file.write(bytes(4096)):
            pass
    file.truncate(file.tell() - leave)
"""


def in_a_namespace(*argv: str) -> tuple[str, ...]:
    """A command in mounts of its own, so that a test may mount a small disk there."""
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    return ("unshare", "--mount", *user, *argv)


def small_disk(folder: Path, size: str) -> tuple[str, ...]:
    """What stands before a command that shall find a disk of that size at the folder; skips without."""
    folder.mkdir(parents=True, exist_ok=True)
    script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"'
    prefix = in_a_namespace("/bin/sh", "-c", script, "sh", size, str(folder))
    try:
        if subprocess.run((*prefix, "true"), capture_output=True).returncode == 0:
            return prefix
    except OSError:
        pass
    pytest.skip("no mount namespace on this machine")


def seen_from(pid: int, path: Path) -> Path:
    """A path as that process sees it, in its own mounts."""
    return Path(f"/proc/{pid}/root{path}")


def fill(run: Command, folder: Path) -> None:
    """No room but for a page."""
    subprocess.run((sys.executable, "-c", FILL, str(seen_from(run.process.pid, folder)), "4096"), check=True)


def make_read_only(run: Command, folder: Path) -> None:
    """As a kernel does with a disk that fails: the tables here, since open files forbid it for the whole."""
    user = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
    enter = ("nsenter", "--target", str(run.process.pid), "--mount", *user)
    script = 'for table in runs points requests telemetry; do mount --bind "$1/$table" "$1/$table"'
    script += ' && mount -o remount,bind,ro "$1/$table" || exit 1; done'
    subprocess.run((*enter, "/bin/sh", "-c", script, "sh", str(folder)), check=True)


@pytest.mark.parametrize(
    ("spoil", "says"), [(fill, "No space left on device"), (make_read_only, "Read-only file system")]
)
def test_a_disk_that_fails_while_it_records(
    case: Case, api: str, spoil: Callable[[Command, Path], None], says: str
) -> None:
    prefix = small_disk(case.results, "8m")
    case.load = ((1, 3), (2, 20))
    with command(case, api, *prefix) as run:
        # The command's own results are behind its mount; the fake engine's state is not.
        case.asked(PROBE + 3 + 3)
        (first,) = (seen_from(run.process.pid, case.results) / "points").glob("*.parquet")
        spoil(run, case.results)
        whole = first.read_bytes()
        assert case.nothing_left()  # it ends, and its server with it
        code = run.ends()
        said = run.said()
    assert code == 1
    assert says in said
    assert "Traceback" not in said
    assert whole[-4:] == b"PAR1"


def test_results_that_vanish(case: Case, api: str) -> None:
    spec = case.spec()

    def remove() -> None:
        case.asked(PROBE + 3 + 3)
        shutil.rmtree(case.results, ignore_errors=True)

    with (
        meanwhile(remove),
        pytest.raises(MeasureError, match="of 2 measurements failed"),
    ):
        benchmark(spec=spec, results=str(case.results))
    assert table(case, "runs")["outcome"].to_list() == ["failed"]
    assert until(lambda: not list(case.results.rglob("*.tmp")))
