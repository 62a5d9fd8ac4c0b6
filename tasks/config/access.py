"""What an error of the file system is about: a right that this user lacks, a full disk, a missing folder."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tasks.errors import InputError

READABLE = "make it readable for this user"
FOLDER_WRITABLE = "make its folder writable for this user"
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR})


def is_denied(error: BaseException | None) -> bool:
    """Return whether an error says that this user may not read or write there."""
    return isinstance(error, OSError) and error.errno in _DENIED


def is_closed(folder: Path) -> bool:
    """Return whether a folder is there that this user may not read and write."""
    return folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def is_full(error: OSError) -> bool:
    """Return whether an error says that a disk, a quota or a limit is full."""
    return error.errno in _FULL


def system_text(error: OSError) -> str:
    """Return the system's words for an error; pyarrow puts a sentence of its own around them."""
    return os.strerror(error.errno) if is_denied(error) and error.errno else error.strerror or str(error)


def other_file(error: OSError) -> str:
    """Return the remedy for a file that a user named and that cannot be written."""
    if is_denied(error):
        return "its folder is not writable for this user: give a file in another one"
    if error.errno in _NO_FOLDER:
        return "give a file in a folder that exists"
    return "free some space, or give another file" if is_full(error) else "give another file"


def check_folder_of(file: Path) -> None:
    """Check that a file which a user named can be written into its folder. No folder is made for it.

    Raises:
        InputError: the folder does not exist, or this user may not write there.
    """
    try:
        with os.scandir(file.parent):
            denied = not os.access(file.parent, os.W_OK | os.X_OK)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {system_text(error)}", other_file(error)) from None
    if denied:
        closed = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise InputError(f"{file} cannot be written: {closed.strerror}", other_file(closed))
