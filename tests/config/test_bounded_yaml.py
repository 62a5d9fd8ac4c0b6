"""YAML from others: what unfolds to too much is wrong input, read in no time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tasks.config.bounded_yaml import MOST_CHARACTERS, TooLargeError, load_yaml
from tasks.config.spec_file import load_spec
from tasks.errors import InputError

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
"""A billion values in ten lines."""
BAD = {
    "aliases": BOMB,
    "itself": "a: &a [*a]",
    "depth": "[" * 60 + "]" * 60,
    "recursion": "[" * 50_000,
    "length": "#" * (MOST_CHARACTERS + 1),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_too_much_is_refused_in_no_time(text: str, tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(TooLargeError, match="more than"):
        load_yaml(text)
    file = tmp_path / "bomb.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match="more than"):
        load_spec(str(file))
    if len(text) <= 10_000:
        with pytest.raises(InputError, match="more than"):
            load_spec("smoke", [f"sweeps.0.request={text}"])
    assert time.monotonic() - started < 60


def test_aliases_of_a_spec_stay() -> None:
    assert load_yaml("a: &a {b: 1}\nc: *a\nd: {<<: *a, e: 2}") == {
        "a": {"b": 1},
        "c": {"b": 1},
        "d": {"b": 1, "e": 2},
    }


def test_a_device_without_an_end_is_no_spec(tmp_path: Path) -> None:
    link = tmp_path / "zeros.yaml"
    link.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=r"zeros\.yaml"):
        load_spec(str(link))
