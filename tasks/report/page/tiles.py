"""The tiles at the top of the page: the most important figures."""

from __future__ import annotations

from typing import NamedTuple

from tasks.config.load import LOAD_KINDS
from tasks.exchange.definitions import tool_name
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.plan.search import Knee
from tasks.report import formats
from tasks.report.best_load import UNMET, BestLoad, best_load
from tasks.report.load_repeats import usable_repeats
from tasks.report.report_input import ReportInput
from tasks.report.tables.knee_table import level_text, verdict_of

TILE_FIGURES = {
    "Highest output": BY_NAME["output_token_throughput"],
    "Lowest mean TTFT": BY_NAME["ttft_mean_s"],
    "Lowest mean TPOT": BY_NAME["tpot_mean_s"],
}


class Tile(NamedTuple):
    """A figure in large type. The caption below it says at which load it was measured, or its interval.

    `verdict`: `suspect` if the figure is doubtful, which the page shows as a badge.
    """

    name: str
    figure: str
    unit: str
    caption: str
    verdict: str = "valid"


def tiles(report: ReportInput) -> tuple[Tile, ...]:
    """Return the best speeds, every knee and the last score of each question set.

    A speed of a suspect load is shown only if no load is valid; that of a load that does not meet its
    objectives only if no load as valid does.
    """
    scores = [accuracy.scores[-1] for accuracy in report.accuracy if accuracy.scores]
    source = report.run.manifest.source
    score_tiles = [_score_tile(score, source) for score in scores]
    return (*_speed_tiles(report), *map(_knee_tile, report.knees), *score_tiles)


def _speed_tiles(report: ReportInput) -> list[Tile]:
    loads = usable_repeats(report.points)
    shown = []
    for name, figure in TILE_FIGURES.items():
        best = best_load(loads, figure)
        if best is not None:
            value = figure.notation.text(best.mean)
            verdict = "suspect" if best.suspect else "valid"
            shown.append(Tile(name, value, figure.notation.unit, _load_caption(best), verdict))
    return shown


def _load_caption(best: BestLoad) -> str:
    load = f"{best.point.sweep}, {best.point.load.kind} {formats.load_text(best.point)}"
    reasons = []
    if best.passed_over:
        reasons.append("suspect")
    if best.passed_over_unmet:
        reasons.append(UNMET)
    remarks = [UNMET] if best.unmet else []
    if reasons:
        remarks.append(f"better loads are {' or '.join(reasons)}")
    return "; ".join([load, *remarks])


def _knee_tile(knee: Knee) -> Tile:
    unit = LOAD_KINDS[knee.load].unit
    caption = f"limited by {knee.reason}"
    return Tile(f"Knee of {knee.sweep}", level_text(knee.knee), unit, caption, verdict_of(knee))


def _score_tile(score: Score, source: str | None) -> Tile:
    """Return the tile of a score. `source`: of an imported run."""
    remarks = []
    if score.ci_low is not None:
        remarks.append(f"95 % CI {formats.interval_text(score.ci_low, score.ci_high)}")
    if source:
        remarks.append(f"imported from {tool_name(source)}")
    name = formats.score_name(score.dataset, score.subset)
    return Tile(name, formats.score_text(score.value), "", "; ".join(remarks))
