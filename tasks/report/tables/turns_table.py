"""The tables of conversations: their figures by turn, and by the length of the history."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import TOKENS
from tasks.report import formats
from tasks.report.load_repeats import usable_repeats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts
from tasks.report.turn_figures import TurnFigures

_TIMES = tuple(BY_NAME[name] for name in ("ttft_mean_s", "ttft_p50_s", "ttft_p95_s", "tpot_mean_s"))
_SHARE = BY_NAME["cache_hit_share"]
_REQUESTS = Column(name="Requests", numeric=True)
_HISTORY = Column(name="History", unit="tok", numeric=True)
_NOTE = "History: tokens of the conversation before the turn. Cache hits: by the answers' usage"


def turns_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row for each turn of each load; None without conversations."""
    columns = (Column(name="Turn", numeric=True), _REQUESTS, _HISTORY)
    rows = [
        (figures, (figures.turns.text, str(figures.requests), TOKENS.text(figures.history_tokens)))
        for figures in sweep.turns
        if figures.turns
    ]
    return _table(sweep, "by turn", columns, rows)


def history_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row for each range of the history's length of each load; None without conversations."""
    rows = [
        (figures, (figures.history.text, str(figures.requests))) for figures in sweep.turns if figures.history
    ]
    return _table(sweep, "by history", (_HISTORY, _REQUESTS), rows)


def _table(
    sweep: MeasuredSweep,
    by: str,
    columns: Sequence[Column],
    found: Sequence[tuple[TurnFigures, tuple[str, ...]]],
) -> Table | None:
    """Return a table of these figures and the cells before them, in the order of the sweep's loads."""
    rows, verdicts = [], []
    for repeats in usable_repeats(sweep.points):
        of_load = [pair for pair in found if pair[0].load_label == repeats.first.load.label]
        rows += [(formats.load_text(repeats.first), *cells, *_cells(figures)) for figures, cells in of_load]
        verdicts += ["suspect" if repeats.suspect else "valid"] * len(of_load)
    if not rows:
        return None
    table = Table(
        title=f"Sweep {sweep.name} {by}",
        columns=(
            Column(name="Load", numeric=True),
            *columns,
            figure_column(_SHARE),
            *map(figure_column, _TIMES),
        ),
        rows=tuple(rows),
        footnotes=(_NOTE,),
    )
    return with_verdicts(table, verdicts)


def _cells(figures: TurnFigures) -> tuple[str, ...]:
    times = (figures.ttft_mean_s, figures.ttft_p50_s, figures.ttft_p95_s, figures.tpot_mean_s)
    texts = (figure.notation.text(value) for figure, value in zip(_TIMES, times, strict=True))
    return (_SHARE.notation.text(figures.cached_share), *texts)
