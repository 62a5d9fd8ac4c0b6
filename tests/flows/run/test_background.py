"""The result, or the error, of work in another thread."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from flows.run.background import in_background, result_of
from tasks.errors import ServerStartError


def test_the_result_comes_from_another_thread() -> None:
    assert result_of(in_background(threading.get_ident)) != threading.get_ident()


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise ServerStartError("it ended", "read its log")

    with pytest.raises(ServerStartError, match="it ended"):
        result_of(in_background(fail))


INTERRUPTED_WHILE_IT_WAITS = """
import os, signal, threading
from concurrent.futures import Future
from flows.run.background import result_of
signal.siginterrupt(signal.SIGINT, False)  # as polars does
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
result_of(Future())
"""


def test_ctrl_c_is_heard_while_a_result_is_awaited() -> None:
    command = (sys.executable, "-c", INTERRUPTED_WHILE_IT_WAITS)
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, preexec_fn=_default_sigint
    )
    assert "KeyboardInterrupt" in ended.stderr


def _default_sigint() -> None:
    """Hear SIGINT also where the tests run in the background of a shell, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
