"""The charts of conversations, as data."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.report.charts.chart import Chart
from tasks.report.charts.turn_charts import BAND_NOTE, turn_charts
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.turn_figures import TurnRequest, turn_figures
from tests.record import made_up
from tests.report.made_up import SUSPECT, sweep, sweep_of


def request(turn: int, history: int | None, ttft_s: float) -> TurnRequest:
    """A succeeded request with a prompt of 1000 tokens, of which its history was cached."""
    return TurnRequest(turn, history, 1000, history or 0, ttft_s, 0.01)


def conversations(*requests: TurnRequest) -> MeasuredSweep:
    """A sweep whose two loads, the second of them suspect, sent these requests."""
    points = [
        made_up.recorded(made_up.point(concurrency=1, requests=5)),
        made_up.recorded(made_up.point(concurrency=10, requests=50), verdict=SUSPECT),
    ]
    figures = [each for label in ("c1", "c10") for each in turn_figures("throughput", label, requests)]
    return sweep_of(*points).model_copy(update={"turns": tuple(figures)})


TEN = [request(1, None, 0.1 * number) for number in range(11)]
"""TTFTs of 0 to 1 s: P10 is 0.1 s, the median 0.5 s, P90 0.9 s."""
LATER = [request(2, 400, 0.2), request(2, 600, 0.4), request(12, 900, 0.5), request(12, 900, 0.7)]


def values(chart: Chart, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the first load's rows."""
    return [tuple(row[name] for name in columns) for row in chart.rows if row["load"] == "1"]


def test_a_sweep_without_conversations_has_none() -> None:
    assert turn_charts(sweep("throughput")) == []


def test_ttft_and_cache_hits_by_turn_and_ttft_by_history() -> None:
    by_turn, by_history, hits = turn_charts(conversations(*TEN, *LATER))
    assert [chart.title for chart in (by_turn, by_history, hits)] == [
        "TTFT by turn, ms", "TTFT by history, ms", "Cache hits by turn",
    ]  # fmt: skip
    columns = ("turn", "TTFT, ms", "P10", "P90", "requests", "verdict")
    (first, *later) = values(by_turn, *columns)
    assert first == ("1", *map(pytest.approx, (500, 100, 900)), 11, "valid")
    assert later == [
        ("2", pytest.approx(300), None, None, 2, "valid"),
        ("9–16", pytest.approx(600), None, None, 2, "valid"),
    ]
    assert values(by_history, "history, tok", "TTFT, ms", "requests") == [
        (0, pytest.approx(500), 11),
        (700, pytest.approx(450), 4),
    ]
    shares = values(hits, "turn", "cache hits, share of the prompt")
    assert shares == [("1", 0), ("2", 0.5), ("9–16", pytest.approx(0.9))]
    assert (by_turn.note, by_history.note, hits.note) == (BAND_NOTE, "", "")


def test_turns_rise_on_the_axis_and_each_load_has_its_colour() -> None:
    by_turn, by_history, hits = turn_charts(conversations(*LATER, *TEN))
    band, line = by_turn.spec["layer"][:2]
    assert line["encoding"]["x"]["scale"]["domain"] == ["1", "2", "9–16"]
    assert line["encoding"]["x"]["axis"]["title"] == "turn"
    assert line["encoding"]["color"]["scale"]["domain"] == ["1", "10"]
    assert (band["mark"]["type"], band["encoding"]["y"]["field"]) == ("area", "P10")
    assert band["encoding"]["y2"] == {"field": "P90"}
    assert by_history.spec["layer"][1]["encoding"]["x"]["axis"]["title"] == "history, tok"
    assert hits.spec["layer"][0]["mark"] == "line"
    y = hits.spec["layer"][0]["encoding"]["y"]
    assert (y["axis"]["title"], y["scale"]) == ("share of the prompt", {"domain": [0, 1]})


def test_a_doubtful_load_has_hollow_markers_and_dashes() -> None:
    by_turn = turn_charts(conversations(*TEN, *LATER))[0]
    assert by_turn.suspect
    assert {row["verdict"] for row in by_turn.rows if row["load"] == "10"} == {"suspect"}
    line, marker = by_turn.spec["layer"][1:3]
    test = {"test": "datum.verdict == 'suspect'"}
    assert marker["encoding"]["fill"]["condition"] == {**test, "value": "var(--card)"}
    assert line["encoding"]["strokeDash"]["condition"] == {**test, "value": [4, 3]}


def test_without_cached_tokens_there_are_no_cache_hits_and_a_single_turn_has_no_chart() -> None:
    unknown = [each._replace(cached_tokens=None) for each in (*TEN, *LATER)]
    assert [chart.title for chart in turn_charts(conversations(*unknown))] == [
        "TTFT by turn, ms", "TTFT by history, ms",
    ]  # fmt: skip
    assert turn_charts(conversations(*TEN)) == []
