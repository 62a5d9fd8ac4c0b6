"""The tiles at the top of the page: the most important figures."""

from __future__ import annotations

from typing import NamedTuple

from tasks.config.load import LOAD_KINDS
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.plan.search import Knee
from tasks.report import formats
from tasks.report.best_load import best_load
from tasks.report.load_repeats import usable_repeats
from tasks.report.report_input import ReportInput
from tasks.report.tables.knee_table import level_text

TILE_FIGURES = {
    "Highest output": BY_NAME["output_token_throughput"],
    "Lowest mean TTFT": BY_NAME["ttft_mean_s"],
    "Lowest mean TPOT": BY_NAME["tpot_mean_s"],
}


class Tile(NamedTuple):
    """A figure in large type. The caption below it says at which load it was measured, or its interval."""

    name: str
    figure: str
    unit: str
    caption: str


def tiles(report: ReportInput) -> tuple[Tile, ...]:
    """Return the best speeds, every knee and the last score of each question set, without invalid points."""
    scores = [accuracy.scores[-1] for accuracy in report.accuracy if accuracy.scores]
    return (*_speed_tiles(report), *map(_knee_tile, report.knees), *map(_score_tile, scores))


def _speed_tiles(report: ReportInput) -> list[Tile]:
    loads = usable_repeats(report.points)
    shown = []
    for name, figure in TILE_FIGURES.items():
        best = best_load(loads, figure)
        if best is not None:
            value = figure.notation.text(best.mean)
            shown.append(Tile(name, value, figure.notation.unit, _load_caption(best.point)))
    return shown


def _load_caption(point: PointResult) -> str:
    return f"{point.sweep}, {point.load.kind} {formats.load_text(point)}"


def _knee_tile(knee: Knee) -> Tile:
    unit = LOAD_KINDS[knee.load].unit
    return Tile(f"Knee of {knee.sweep}", level_text(knee.knee), unit, f"limited by {knee.reason}")


def _score_tile(score: Score) -> Tile:
    interval = f"95 % CI {formats.score_text(score.ci_low)} – {formats.score_text(score.ci_high)}"
    name = formats.score_name(score.dataset, score.subset)
    return Tile(name, formats.score_text(score.value), "", interval)
