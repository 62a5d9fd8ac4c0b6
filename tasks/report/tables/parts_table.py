"""The table of a mix: the figures of each of its sweeps while all are sent together."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import SHARE
from tasks.report import formats
from tasks.report.load_repeats import usable_repeats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.part_figures import PartFigures
from tasks.report.table import Column, Table, figure_column, with_verdicts, without_columns

_FIGURES = tuple(
    BY_NAME[name]
    for name in ("output_token_throughput", "ttft_mean_s", "ttft_p95_s", "tpot_mean_s", "latency_mean_s")
)
_COLUMNS = (
    Column(name="Load", numeric=True),
    Column(name="Part"),
    Column(name="Requests", numeric=True),
    Column(name="Share", numeric=True),
    Column(name="Failed", numeric=True),
    *map(figure_column, _FIGURES),
)
_NOTE = "Part: the sweep of the mix that sent the requests; Share: of all requests of the load"


def parts_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row for each part of each load; None without a mix. Failed requests show if there are any."""
    rows, verdicts = [], []
    for repeats in usable_repeats(sweep.points):
        of_load = [part for part in sweep.parts if part.load_label == repeats.first.load.label]
        rows += [(formats.load_text(repeats.first), *_cells(part)) for part in of_load]
        verdicts += ["suspect" if repeats.suspect else "valid"] * len(of_load)
    if not rows:
        return None
    table = Table(title=f"Sweep {sweep.name} by part", columns=_COLUMNS, rows=tuple(rows), footnotes=(_NOTE,))
    if not any(part.failed for part in sweep.parts):
        table = without_columns(table, {"Failed"})
    return with_verdicts(table, verdicts)


def _cells(part: PartFigures) -> tuple[str, ...]:
    values = (getattr(part, figure.name) for figure in _FIGURES)
    texts = (figure.notation.text(value) for figure, value in zip(_FIGURES, values, strict=True))
    return (part.part, str(part.requests), SHARE.text(part.share), str(part.failed), *texts)
