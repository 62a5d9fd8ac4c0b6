"""What `servegauge.run.finished` says about a run."""

from __future__ import annotations

from typing import Any

import pytest

from flows.run.run_results import RunProblems
from flows.ui import events
from tests.record import made_up
from tests.report.made_up import all_suspect, report


@pytest.fixture
def payload(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The payload of the last event."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(events, "emit_event", lambda event, resource, payload: seen.update(payload))
    return seen


def test_doubtful_figures_are_counted_and_named(payload: dict[str, Any]) -> None:
    events.emit_finished_run(all_suspect(), RunProblems())
    assert (payload["points"], payload["suspect"], payload["invalid"]) == (5, 5, 0)
    assert payload["output_tokens_per_s_verdict"] == "suspect"
    assert payload["suspect_knees"] == ["throughput"]


def test_the_highest_output_is_that_of_a_valid_point(payload: dict[str, Any]) -> None:
    events.emit_finished_run(report(), RunProblems())
    assert (payload["points"], payload["suspect"], payload["invalid"]) == (10, 1, 1)
    assert payload["output_tokens_per_s"] == pytest.approx(426.67, abs=0.01)
    assert payload["output_tokens_per_s_verdict"] == "valid"
    assert payload["suspect_knees"] == []


def test_the_event_says_whether_its_highest_output_meets_the_objectives(payload: dict[str, Any]) -> None:
    point = made_up.point("s", 4)
    events.emit_finished_run(report(points=(made_up.recorded(made_up.bounded(point, 0.1)),)), RunProblems())
    assert payload["output_tokens_per_s_objectives"] == "not shown to meet the objectives"
    events.emit_finished_run(report(points=(made_up.recorded(made_up.bounded(point, 100.0)),)), RunProblems())
    assert payload["output_tokens_per_s_objectives"] == "met"
    events.emit_finished_run(report(points=(made_up.recorded(point),)), RunProblems())
    assert payload["output_tokens_per_s_objectives"] is None
