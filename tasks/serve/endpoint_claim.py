"""The claim on an endpoint that a run holds while it measures it: two runs at once would both be wrong."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tasks.serve.lock_file import lock_folder, lock_or_holder, write_holder
from tasks.serve.loopback import is_loopback

PAUSE_S = 0.5
"""Seconds between two attempts to claim an endpoint."""
DEFAULT_PORTS = {"http": 80, "https": 443}
UNSPECIFIED_HOSTS = ("0.0.0.0", "::")
"""A server that listens on all addresses prints one of these; a client reaches it on the loopback."""


@contextmanager
def claim_endpoint(
    url: str,
    run_id: str,
    on_wait: Callable[[str], None],
    *,
    folder: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bool]:
    """Wait until no other run of this machine has claimed an endpoint, and claim it for the block.

    The kernel frees the claim of a run that is killed. There is no time limit.

    Args:
        url: the endpoint's base URL, without a query.
        run_id: the run that claims it.
        on_wait: called once with the holder, as in `run ID (pid N)`, before the wait; never without one.
        folder: where the lock files are; by default `lock_folder`.
        sleep: replaced in tests.

    Yields:
        Whether the run waited.

    Raises:
        OSError: the folder cannot be written, or its file system has no locks.
    """
    path = (folder or lock_folder()) / f"servegauge-endpoint-{_digest(url)}.lock"
    file, waited = None, False
    while file is None:
        file, holder = _locked(path)
        if file is None and holder is not None:
            if not waited:
                on_wait(holder or "another run")
            waited = True
            sleep(PAUSE_S)
    try:
        write_holder(file, f"run {run_id} (pid {os.getpid()})")
        yield waited
    finally:
        with suppress(OSError):  # another user's file stays
            if _is_open_at(path, file):
                path.unlink()
        os.close(file)


def claimed_address(url: str, network: str) -> str:
    """Return an address in one spelling: with its port, without a slash at the end, one name for loopback.

    `network`: identifies the network of this process, because each container has a loopback of its own.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if is_loopback(host) or host in UNSPECIFIED_HOSTS:
        host = f"localhost of {network}"
    return f"{parts.scheme}://{host}:{parts.port or DEFAULT_PORTS[parts.scheme]}{parts.path.rstrip('/')}"


def _digest(url: str) -> str:
    """Name an address in a folder that every user of the machine can read."""
    network = ""
    with suppress(OSError):
        network = os.readlink("/proc/self/ns/net")
    return hashlib.sha256(claimed_address(url, network).encode()).hexdigest()[:16]


def _locked(path: Path) -> tuple[int | None, str | None]:
    """Lock the file as `lock_or_holder` does. Neither file nor holder: another run has just removed it."""
    try:
        file, holder = lock_or_holder(path)
    except FileNotFoundError:
        if path.parent.is_dir():
            return None, None
        raise
    if file is not None and not _is_open_at(path, file):
        os.close(file)
        return None, None
    return file, holder


def _is_open_at(path: Path, file: int) -> bool:
    """Return whether an open file is the one of that name, and not one that was removed meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
