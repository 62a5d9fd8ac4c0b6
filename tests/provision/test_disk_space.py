"""The check for free disk space."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import NoSpace
from tasks.provision.disk_space import check_space, free_bytes


def test_a_folder_that_does_not_exist_has_the_space_of_its_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") > 0


def test_too_little_space_is_refused_with_both_sizes(tmp_path: Path) -> None:
    check_space("model m", tmp_path, 10, "HF_HOME", lambda _: 10)
    with pytest.raises(NoSpace, match=r"model m: .* has 1\.5 GB free, 2 GB are needed") as caught:
        check_space("model m", tmp_path, 2 * 10**9, "HF_HOME", lambda _: 15 * 10**8)
    assert "set HF_HOME to a folder on a larger disk" in caught.value.remedy
