"""The page about imports holds every tool's definitions as the code has them."""

from __future__ import annotations

import pytest

from tasks.exchange.definition_docs import BEGIN, definitions_table, import_page, with_definitions


def test_the_page_has_the_table_of_the_code() -> None:
    page = import_page().read_text(encoding="utf-8")
    assert with_definitions(page) == page, "run make docs"


def test_a_row_says_figure_tool_definition_and_direction() -> None:
    lines = definitions_table().splitlines()
    assert "| missing answers | servegauge | count as wrong |  |" in lines
    assert "| missing answers | EvalScope eval | do not count | higher |" in lines
    assert sum(line.startswith("| TTFT |") for line in lines) == 8


def test_a_page_without_the_markers_is_not_changed_silently() -> None:
    with pytest.raises(ValueError, match="the page has no"):
        with_definitions(f"text {BEGIN} text")
