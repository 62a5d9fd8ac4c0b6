"""The licence that a model's README states."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.provision.license import read_license


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("---\nlicense: apache-2.0\ntags: [x]\n---\n# A model\n", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: llama3.1\n---\n", "llama3.1"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense: [mit, bsd]\n---\n", "mit"),
        ("---\ntags: [x]\n---\n", None),
        ("---\nlicense: [\n---\n", None),
        ("---\nlicense: mit\n", None),
        ("# A model\n\nlicense: mit\n", None),
    ],
)
def test_front_matter(tmp_path: Path, readme: str, expected: str | None) -> None:
    (tmp_path / "README.md").write_text(readme)
    assert read_license(tmp_path) == expected


def test_a_folder_without_a_readme_has_no_license(tmp_path: Path) -> None:
    assert read_license(tmp_path) is None
