"""The table of what right answers took."""

from __future__ import annotations

from tasks.record.results import RecordedAccuracy
from tasks.report.table import Table
from tasks.report.tables.right_answers_table import right_answers_table
from tests.record import made_up
from tests.report.made_up import report

FIGURES = {
    "correct": 10,
    "busy_s": 120.0,
    "seconds_per_correct": 95.5,
    "energy_j": 48000.0,
    "energy_per_correct_j": 4800.0,
    "cost_per_correct": 0.0121,
}


def table(*changes: dict[str, object]) -> Table | None:
    """The table of a set for each of `changes`."""
    scores = [made_up.score().model_copy(update=FIGURES | change) for change in changes]
    return right_answers_table(
        report(accuracy=tuple(RecordedAccuracy(scores=(score,), run_id="run-1") for score in scores))
    )


def test_each_set_has_its_energy_and_its_cost() -> None:
    shown = table({})
    assert shown is not None
    assert [column.name for column in shown.columns] == [
        "Score", "Right", "Busy", "Latency/right", "Energy/right", "Cost/right",
    ]  # fmt: skip
    assert shown.rows == (("aime25", "10", "120.000", "95.500", "4,800", "0.0121"),)


def test_a_figure_that_is_not_known_is_missing_and_no_zero() -> None:
    no_energy: dict[str, object] = {"energy_j": None, "energy_per_correct_j": None}
    shown = table(
        no_energy, no_energy | {"correct": 0, "seconds_per_correct": None, "cost_per_correct": None}
    )
    assert shown is not None
    assert "Energy/right" not in [column.name for column in shown.columns]
    assert shown.rows[1] == ("aime25", "0", "120.000", "–", "–")
    assert "GPUs" not in " ".join(shown.footnotes)


def test_without_energy_and_price_there_is_no_table() -> None:
    assert table({"energy_j": None, "energy_per_correct_j": None, "cost_per_correct": None}) is None
    assert table({"busy_s": None}) is None
    assert right_answers_table(report()) is None


def test_doubtful_figures_are_marked_and_say_why() -> None:
    shown = table({}, {"dataset": "loaded", "cost_doubts": ("the server was busy", "made up")})
    assert shown is not None
    assert [row[:2] for row in shown.rows] == [("aime25", "valid"), ("loaded", "suspect")]
    assert shown.footnotes[-1] == "loaded is suspect: the server was busy; made up"
