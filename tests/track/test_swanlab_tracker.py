"""The SwanLab worker process has a time limit and the key; whatever it does, an outcome is returned."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tasks.config.trackers import SwanLab
from tasks.track.swanlab_tracker import SwanLabTracker
from tests.track.made_up_run import made_up_run

OFFLINE = SwanLab()


def worker(code: str) -> tuple[str, ...]:
    """A command that reads the job into `job` and then runs the code, in place of the real worker."""
    return (sys.executable, "-c", f"import sys; job = sys.stdin.read()\n{code}")


def test_a_worker_is_killed_at_its_time_limit(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(300)"
    tracker = SwanLabTracker(SwanLab(timeout_s=5), worker(code))
    assert tracker.on_run_end(made_up_run(), tmp_path).warning == "no answer within 5 s"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


@pytest.mark.parametrize(
    ("command", "warning"),
    [
        (worker("print('made up', file=sys.stderr); sys.exit(3)"), "ended with code 3: made up"),
        (worker("print('no outcome at all')"), "ended with code 0: no error message"),
        (("/not/there",), "did not start: No such file"),
    ],
)
def test_a_failing_process_is_a_warning(tmp_path: Path, command: tuple[str, ...], warning: str) -> None:
    outcome = SwanLabTracker(OFFLINE, command).on_run_end(made_up_run(), tmp_path)
    assert outcome.warning is not None
    assert warning in outcome.warning


def test_the_key_reaches_the_worker_and_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "made-up-key")
    code = "import os; sys.exit(os.environ['SWANLAB_API_KEY'] + ' in the job: ' + str('made-up-key' in job))"
    tracker = SwanLabTracker(SwanLab(mode="online", api_key_env="MY_KEY"), worker(code))
    warning = tracker.on_run_end(made_up_run(), tmp_path).warning or ""
    assert warning.endswith("code 1: *** in the job: False")


def test_an_offline_worker_gets_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWANLAB_API_KEY", "made-up-key")
    code = "import os; sys.exit(os.environ.get('SWANLAB_API_KEY', 'no key'))"
    warning = SwanLabTracker(OFFLINE, worker(code)).on_run_end(made_up_run(), tmp_path).warning or ""
    assert warning.endswith("code 1: no key")
