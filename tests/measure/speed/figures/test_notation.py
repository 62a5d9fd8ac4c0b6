"""How figures are written."""

from __future__ import annotations

import pytest

from tasks.measure.speed.figures.notation import MILLISECONDS, SHARE


@pytest.mark.parametrize(
    ("value", "text"), [(0.0071, "7.10"), (0.0123, "12.3"), (2.3544, "2,354"), (None, "–"), (0.0, "0.00")]
)
def test_milliseconds(value: float | None, text: str) -> None:
    assert MILLISECONDS.text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123456, "0.01235"), (1e-17, "0"), (600.26, "600.3"), (2**30, "1,073,741,824"), (None, "–")],
)
def test_a_number_of_any_size_is_readable(value: float | None, text: str) -> None:
    assert SHARE.text(value) == text
