"""Starts a real server as a process, waits until it answers, and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.helpers.wait import until

START_LIMIT_S = 120.0
GRACE_S = 5.0
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "DO_NOT_TRACK": "1"}


@contextmanager
def running(
    command: Sequence[str], ready_url: str, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server inside the block.

    Args:
        command: program and arguments.
        ready_url: what answers with status 200 once the server is ready.
        log: the file for its output.
        variables: further environment variables.

    Raises:
        RuntimeError: the server ended or did not get ready; with the end of its log.
    """
    env = {**os.environ, **OFFLINE, **(variables or {})}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        until(lambda: process.poll() is not None or _is_ready(ready_url), START_LIMIT_S, pause_s=0.2)
        if process.poll() is not None or not _is_ready(ready_url):
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text()[-2000:]}")
        yield
    finally:
        _end(process)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started: they are a session of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(GRACE_S)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
