"""Which processes run: by process id, by an environment variable, or as descendants of the tests."""

from __future__ import annotations

import os

import psutil

ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


def running(pid: int) -> bool:
    """Return whether a process runs. A zombie does not."""
    try:
        return psutil.Process(pid).status() not in ENDED
    except psutil.NoSuchProcess:
        return False


def with_variable(name: str, prefix: str) -> list[psutil.Process]:
    """Return the running processes whose environment variable `name` starts with `prefix`."""
    matches = []
    for process in psutil.process_iter():
        try:
            value = process.environ().get(name)
            if value is not None and value.startswith(prefix) and process.status() not in ENDED:
                matches.append(process)
        except psutil.Error:
            continue
    return matches


def command_lines(processes: list[psutil.Process]) -> list[str]:
    """Return the command line of each process that still exists."""
    lines = []
    for process in processes:
        try:
            lines.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return lines


def descendants() -> set[tuple[int, float]]:
    """Return process id and creation time of each running descendant of this process."""
    found = set()
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if process.status() not in ENDED:
                found.add((process.pid, process.create_time()))
        except psutil.NoSuchProcess:
            continue
    return found
