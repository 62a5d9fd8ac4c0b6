"""Lets one process at a time change which files of a results location count: compact, merge or remove runs.

Recording and reading need no lock.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from tasks.errors import InputError
from tasks.record import bucket

LOCK = ".compacting"
SETTLED_S = 2.0
"""Seconds until the later of two processes has written its lock, which is the one that counts."""
STALE_S = 6 * 3600
"""The lock of a bucket is ignored after this time: its holder was killed."""


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a results folder. The kernel frees it if this process is killed.

    Raises:
        InputError: another process holds it.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another process compacts, merges or prunes {folder}", "wait until it has ended"
            ) from None
        except OSError as error:
            raise InputError(
                f"{folder} is on a file system without locks: {error.strerror}",
                "run the command on the machine that has the disk",
            ) from error
        yield


@contextmanager
def bucket_lock(prefix: PurePosixPath, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the lock of a bucket: an object that names its holder. S3 has no lock that ends with a process.

    Raises:
        InputError: another process holds it, or left it when it was killed.
        OSError: the bucket cannot be written.
    """
    path = prefix / LOCK
    holder = f"{socket.gethostname()} pid {os.getpid()} {uuid.uuid4().hex}"
    _refuse_other_holder(path)
    bucket.put(path, f"{datetime.now(UTC).isoformat()} {holder}".encode())
    wait(SETTLED_S)
    if not bucket.get(path).decode().endswith(holder):
        what = f"another process compacts, merges or prunes s3://{prefix}"
        raise InputError(what, "wait until it has ended")
    try:
        yield
    finally:
        with suppress(OSError):
            bucket.remove(path)


def _refuse_other_holder(path: PurePosixPath) -> None:
    try:
        since, _, holder = bucket.get(path).decode().partition(" ")
    except FileNotFoundError:
        return
    if datetime.now(UTC).timestamp() - datetime.fromisoformat(since).timestamp() < STALE_S:
        named = holder.rpartition(" ")[0]
        raise InputError(
            f"{named} compacts, merges or prunes s3://{path.parent} since {since}",
            f"wait until it has ended; if it was killed, remove the object {path.name} there",
        )
