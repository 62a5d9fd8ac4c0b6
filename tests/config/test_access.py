"""What is advised for each error of a file that a user named."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tasks.config.access import check_folder_of, is_denied, is_full, other_file, system_text
from tasks.errors import InputError


@pytest.mark.parametrize(
    ("number", "denied", "full", "remedy"),
    [
        (errno.EACCES, True, False, "its folder is not writable for this user"),
        (errno.EROFS, True, False, "its folder is not writable for this user"),
        (errno.ENOENT, False, False, "give a file in a folder that exists"),
        (errno.ENOTDIR, False, False, "give a file in a folder that exists"),
        (errno.ENOSPC, False, True, "free some space"),
        (errno.ENAMETOOLONG, False, False, "give another file"),
    ],
)
def test_the_remedy_fits_the_error(number: int, denied: bool, full: bool, remedy: str) -> None:
    error = OSError(number, os.strerror(number))
    assert (is_denied(error), is_full(error)) == (denied, full)
    assert other_file(error).startswith(remedy)


def test_a_right_that_is_missing_is_said_in_the_systems_words() -> None:
    assert (
        system_text(PermissionError(errno.EACCES, "Failed to open a file. Detail: 13")) == "Permission denied"
    )
    assert system_text(OSError(errno.EIO, "the disk is odd")) == "the disk is odd"
    assert system_text(OSError("no number")) == "no number"


def test_a_folder_is_asked_for_and_not_made(tmp_path: Path) -> None:
    check_folder_of(tmp_path / "page.html")
    (tmp_path / "file").touch()
    for folder, reason in (("nowhere", "No such file"), ("file", "Not a directory")):
        with pytest.raises(InputError, match=reason):
            check_folder_of(tmp_path / folder / "page.html")
    assert not (tmp_path / "nowhere").exists()
