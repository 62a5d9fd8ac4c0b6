"""Files that one run of this machine locks at a time: for each GPU, and for each endpoint."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def lock_folder() -> Path:
    """Return the folder of the lock files.

    It is the same for all users of the machine, so TMPDIR does not change it. Containers on one machine set
    SERVEGAUGE_LOCKS to a folder that they share.
    """
    return Path(os.environ.get("SERVEGAUGE_LOCKS", "/tmp"))


def lock_or_holder(path: Path) -> tuple[int | None, str]:
    """Lock a file, unless another run holds it. The file is created if it does not exist.

    Returns:
        The open file, or None if another run holds it; and what that run wrote into it, which may be empty.
        The kernel frees the lock when the last process that has the file open ends, even if it is killed.

    Raises:
        OSError: the file cannot be opened, or its file system has no locks.
    """
    file = _open(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(file, 200).decode(errors="replace").strip()
        os.close(file)
        return None, holder
    except OSError:
        os.close(file)
        raise
    return file, ""


def write_holder(file: int, text: str) -> None:
    """Write who holds the lock. Another user's file can be locked but not written: it stays as it is."""
    with suppress(OSError):
        os.ftruncate(file, 0)
        os.pwrite(file, f"{text}\n".encode(), 0)


def _open(path: Path) -> int:
    """Open the lock file, and create it if it does not exist. Locking it needs no write permission."""
    with suppress(FileExistsError):
        created = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        os.fchmod(created, 0o644)  # the umask may have removed permissions
        return created
    try:
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except PermissionError:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
