"""The table `Right answers`: the time, energy and money that each of them took."""

from __future__ import annotations

from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.notation import JOULES, MISSING, SECONDS, plain
from tasks.report.report_input import ReportInput
from tasks.report.table import Column, Table, text_columns, with_verdicts, without_columns

TITLE = "Right answers"
ENERGY, COST = "Energy/right", "Cost/right"
_COLUMNS = (
    *text_columns("Score"),
    Column(name="Right", numeric=True),
    Column(name="Busy", unit="s", numeric=True),
    Column(name="Latency/right", unit="s", numeric=True),
    Column(name=ENERGY, unit="J", numeric=True),
    Column(name=COST, numeric=True),
)
_NOTE = "Busy: the time in which at least one answer was under way; Latency/right: all latencies, added up"
_ENERGY_NOTE = "Energy/right: of the server's GPUs alone, in the busy time"
_COST_NOTE = "Cost/right: server.price_per_hour for the busy time"


def right_answers_table(report: ReportInput) -> Table | None:
    """Return a table with a row for each question set; None if none has an energy or a cost."""
    last = [accuracy.scores[-1] for accuracy in report.accuracy if accuracy.scores]
    scores = [score for score in last if score.busy_s is not None]
    has_energy = any(score.energy_j is not None for score in scores)
    has_cost = any(score.cost_per_correct is not None for score in scores)
    if not has_energy and not has_cost:
        return None
    notes = [_NOTE, *([_ENERGY_NOTE] if has_energy else []), *([_COST_NOTE] if has_cost else [])]
    notes += [
        f"{score.dataset} is suspect: {'; '.join(score.cost_doubts)}" for score in scores if score.cost_doubts
    ]
    table = Table(title=TITLE, columns=_COLUMNS, rows=tuple(map(_row, scores)), footnotes=tuple(notes))
    missing = {name for name, known in ((ENERGY, has_energy), (COST, has_cost)) if not known}
    verdicts = ["suspect" if score.cost_doubts else "valid" for score in scores]
    return with_verdicts(without_columns(table, missing), verdicts)


def _row(score: Score) -> tuple[str, ...]:
    cost = score.cost_per_correct
    return (
        score.dataset,
        MISSING if score.correct is None else f"{score.correct:,}",
        SECONDS.text(score.busy_s),
        SECONDS.text(score.seconds_per_correct),
        JOULES.text(score.energy_per_correct_j),
        MISSING if cost is None else plain(cost),
    )
