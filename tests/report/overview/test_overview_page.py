"""The overview's HTML: every run is in its data, and no text of a run ends the script that holds them."""

from __future__ import annotations

import json
import re
from typing import Any

from tasks.report.overview.overview_page import render_overview, report_address
from tasks.report.overview.run_lines import LoadLine, RunLine, ScoreLine
from tests.record import made_up

FIGURES = {"output_token_throughput": 1234.56, "ttft_mean_s": 0.0503}


def line(**fields: Any) -> RunLine:
    """A run with one load and one score, but for these fields."""
    load = LoadLine(sweep="throughput", load="c4", suspect=True, figures=FIGURES)
    defaults = {
        "run_id": "run-1",
        "spec": "made-up",
        "model": "m",
        "engine": "vllm",
        "engine_version": "1.0",
        "hardware": "GPU",
        "started_at": made_up.START,
        "finished_at": None,
        "outcome": "completed",
        "source": "",
        "verdicts": {"suspect": 1},
        "loads": (load,),
        "scores": (ScoreLine(name="aime25", value=0.8, low=0.6, high=0.9),),
    }
    return RunLine.model_validate(defaults | fields)


def rows(page: str) -> list[dict[str, Any]]:
    """The rows that the page's script reads."""
    found = re.search(r'<script type="application/json" id="lines">(.*?)</script>', page, re.DOTALL)
    assert found
    rows: list[dict[str, Any]] = json.loads(found[1])
    return rows


def test_a_row_has_figures_as_values_and_texts() -> None:
    (row,) = rows(render_overview([line()], "results", live=True))
    assert row == {
        "run_id": "run-1",
        "report": "runs/run-1/report.html",
        "started": "2001-02-03T04:05",
        "spec": "made-up",
        "trend": "trends/made-up.html",
        "model": "m",
        "source": "",
        "engine": "vllm 1.0",
        "hardware": "GPU",
        "outcome": "completed",
        "verdict": "suspect",
        "suspect": True,
        "unmet": "",
        "load": "throughput c4",
        "output": [1234.56, "1,234.6"],
        "ttft": [0.0503, "50.3"],
        "scores": ["aime25 0.800"],
    }


def test_a_fastest_load_that_does_not_meet_its_objectives_says_so() -> None:
    load = LoadLine(sweep="throughput", load="c4", suspect=False, unmet=True, figures=FIGURES)
    (row,) = rows(render_overview([line(loads=(load,))], "results", live=True))
    assert row["unmet"] == "not shown to meet the objectives"


def test_a_run_without_figures_has_none() -> None:
    (row,) = rows(render_overview([line(loads=(), scores=(), verdicts={})], "results", live=True))
    assert (row["output"], row["ttft"], row["verdict"], row["scores"]) == ([None, "–"], [None, "–"], "", [])


def test_no_text_of_a_run_becomes_html_or_moves_a_cursor() -> None:
    evil = "</script><img src=x onerror=alert(1)>\x1b[2J"
    page = render_overview([line(model=evil, spec=evil, hardware=evil)], evil, live=True)
    assert "<img" not in page
    assert "\x1b" not in page
    assert rows(page)[0]["model"] == evil.replace("\x1b", "\\x1b")


def test_an_address_has_no_other_folder() -> None:
    assert report_address("../a b") == "runs/..%2Fa%20b/report.html"


def test_without_a_server_no_comparison_is_offered() -> None:
    assert 'method="get" hidden' in render_overview([line()], "results", live=False)
    assert 'method="get" hidden' not in render_overview([line()], "results", live=True)
