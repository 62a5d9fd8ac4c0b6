"""Which figures of a run a tracker shows, under which names and at which step. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures import BY_NAME, FIGURES
from tasks.measure.speed.point_result import PointResult
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint
from tasks.track.bundle import TrackedRun

Steps = dict[int, dict[str, float]]

TABLE_FIGURES = (
    "request_throughput",
    "goodput",
    "output_token_throughput",
    "latency_mean_s",
    "ttft_mean_s",
    "tpot_mean_s",
)
"""Figures of the table of points, in its order."""


def experiment_id(run_id: str) -> str:
    """An id that the tracker accepts and that is always the same for the same run."""
    if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", run_id):
        return run_id
    return hashlib.sha256(run_id.encode()).hexdigest()[:32]


def steps(bundle: TrackedRun) -> Steps:
    """Every figure by step and key, steps ascending. The step of a load point is its concurrency.

    Scores and knees stand at step 0. A second point at the same step (a repeat) has keys of its own, as the
    tracker drops a step that a key has had already.
    """
    found: Steps = {}
    seen: Counter[tuple[str, int]] = Counter()
    for score in bundle.scores:
        found.setdefault(0, {}).update(_score(score))
    for knee in bundle.knees:
        found.setdefault(0, {}).update(_knee(knee))
    for point in sorted((point.result for point in bundle.points), key=lambda p: (_step(p), p.repeat)):
        place = (point.sweep, _step(point))
        seen[place] += 1
        suffix = f"_{seen[place]}" if seen[place] > 1 else ""
        figures = {f"{point.sweep}/{name}{suffix}": value for name, value in _figures(point)}
        found.setdefault(_step(point), {}).update(figures)
    return dict(sorted(found.items()))


def sweep_table(points: tuple[RecordedPoint, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The points as a header and rows of texts."""
    titles = [BY_NAME[name].title for name in TABLE_FIGURES]
    header = ("Sweep", "Run name", "Load", "Requests", "Success %", *titles, "Verdict")
    return header, [_row(point) for point in points]


def _step(point: PointResult) -> int:
    return round(point.load.level)


def _figures(point: PointResult) -> Iterator[tuple[str, float]]:
    yield "success_rate", point.succeeded / (point.succeeded + point.failed or 1)
    if point.objectives_met is not None:
        yield "objectives_met", float(point.objectives_met)
    for figure in FIGURES:
        value = point[figure.name]
        if figure.tracked and value is not None:
            yield figure.name, value


def _score(score: Score) -> dict[str, float]:
    key = f"accuracy/{score.dataset}_{score.subset}_{score.metric}".replace(".", "_")
    return {key: score.value, f"{key}_ci_low": score.ci_low, f"{key}_ci_high": score.ci_high}


def _knee(knee: Knee) -> dict[str, float]:
    values = {"": knee.knee, "_low": knee.low, "_high": knee.high}
    key = f"{knee.sweep}/knee_{knee.load}"
    return {f"{key}{name}": value for name, value in values.items() if value is not None}


def _row(point: RecordedPoint) -> tuple[str, ...]:
    result = point.result
    success = 100 * result.succeeded / (result.succeeded + result.failed or 1)
    figures = [BY_NAME[name].notation.text(result[name]) for name in TABLE_FIGURES]
    named = (result.sweep, result.run_name, result.load.text, str(result.requests), f"{success:.1f}")
    return (*named, *figures, point.verdict.verdict)
