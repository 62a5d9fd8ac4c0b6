"""Files that one run of the machine locks at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.serve.lock_file import lock_folder, lock_or_holder, write_holder


def test_only_servegauge_locks_moves_the_lock_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = lock_folder()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert lock_folder() == before == Path("/tmp")
    monkeypatch.setenv("SERVEGAUGE_LOCKS", str(tmp_path))
    assert lock_folder() == tmp_path


def test_a_locked_file_names_its_holder_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    file, holder = lock_or_holder(path)
    assert file is not None
    assert holder == ""
    assert lock_or_holder(path) == (None, "")
    write_holder(file, "a rather long name of a run")
    write_holder(file, "run one")
    assert lock_or_holder(path) == (None, "run one")
    os.close(file)
    again, _ = lock_or_holder(path)
    assert again is not None
    os.close(again)


def test_other_users_may_lock_it_whatever_the_umask_is(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    before = os.umask(0o077)
    try:
        file, _ = lock_or_holder(path)
    finally:
        os.umask(before)
    assert file is not None
    os.close(file)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / "a.lock").symlink_to(target)
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        lock_or_holder(tmp_path / "a.lock")
    assert target.read_text() == "kept"
