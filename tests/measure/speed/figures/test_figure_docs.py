"""docs/metrics.md holds the table that the registry of figures gives."""

from __future__ import annotations

import pytest

from tasks.measure.speed.figures.figure_docs import figure_table, metrics_page, with_figure_table
from tasks.measure.speed.figures.figure_registry import FIGURES


def test_the_page_is_up_to_date() -> None:
    page = metrics_page().read_text(encoding="utf-8")
    assert with_figure_table(page) == page, "run `make docs`"


def test_every_figure_is_documented() -> None:
    table = figure_table()
    for figure in FIGURES:
        assert f"| `{figure.documented_as or figure.name}` |" in table
        assert figure.definition


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="has no"):
        with_figure_table("# no markers")
