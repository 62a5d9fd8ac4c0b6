"""The figures of a run that trackers show, by step and key, and their table."""

from __future__ import annotations

from collections import Counter, defaultdict

from tasks.config.datasets import WHOLE
from tasks.config.load import common_kind
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.figure_registry import BY_NAME, FIGURES
from tasks.measure.speed.figures.point_result import PointResult
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint
from tasks.track.tracked_run import TrackedRun

FiguresByStep = dict[int, dict[str, float]]
SUCCESS = "Success (%)"

TABLE_FIGURES = (
    "request_throughput",
    "goodput",
    "output_token_throughput",
    "latency_mean_s",
    "ttft_mean_s",
    "tpot_mean_s",
)
"""The figures in the table of points, in the order of its columns."""


def figures_by_step(run: TrackedRun, *, one_load: bool = False) -> FiguresByStep:
    """Return the figures of a run by step and key, in the report's words and units, steps ascending.

    The step of a point is the level of its load, see `_steps`; scores and knees have step 0. The level itself
    is a figure too, for the x axis. A tracker keeps one value for a key and a step, so the keys of a load's
    second repeat end in `#2`, and those of another load of the same level in its label. A sweep of one load
    has no figures here: a chart of one point says less than the table; `one_load` returns them too.
    """
    by_step: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for score in run.scores:
        by_step[0].update(_score_figures(score))
    for knee in run.knees:
        by_step[0].update(_knee_figures(knee))
    charted, steps, named = charted_sweeps(run, one_load=one_load), _steps(run), _Names()
    points = [point for point in run.points if point.result.sweep in charted]
    for point in sorted(points, key=lambda point: (point.result.load.level, point.result.repeat)):
        sweep, step = point.result.sweep, steps[point.result.load.level]
        suffix = named.suffix(point.result)
        by_step[step][charted[sweep]] = point.result.load.level
        for title, value in _point_figures(point).items():
            by_step[step][f"{sweep}/{title}{suffix}"] = value
    return dict(sorted(by_step.items()))


def charted_sweeps(run: TrackedRun, *, one_load: bool = False) -> dict[str, str]:
    """Return the sweeps of several levels, each with the key of its x axis, such as `concurrency`.

    The key is `load` where the kinds of load differ. `one_load`: return the sweeps of one level too.
    """
    by_sweep: defaultdict[str, list[PointResult]] = defaultdict(list)
    for point in run.points:
        by_sweep[point.result.sweep].append(point.result)
    return {
        sweep: common_kind(point.load for point in points)
        for sweep, points in by_sweep.items()
        if one_load or len({point.load.level for point in points}) > 1
    }


def point_table(points: tuple[RecordedPoint, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The points as a table of text: its header, and one row per point."""
    titles = [BY_NAME[name].title for name in TABLE_FIGURES]
    header = ("Sweep", "Run name", "Load", "Requests", "Success %", *titles, "Verdict")
    return header, [_row(point) for point in points]


def _steps(run: TrackedRun) -> dict[float, int]:
    """Return the step of each level: the level, rounded; the next free step where two would have the same."""
    steps: dict[float, int] = {}
    last = -1
    for level in sorted({point.result.load.level for point in run.points}):
        last = steps[level] = max(round(level), last + 1)
    return steps


class _Names:
    """Tells the points of a sweep apart that have the same level."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, float], str] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def suffix(self, point: PointResult) -> str:
        """Return what the keys of a point end in."""
        label = point.load.label
        first = self._first.setdefault((point.sweep, point.load.level), label)
        self._counts[point.sweep, label] += 1
        count = self._counts[point.sweep, label]
        return (f" {label}" if label != first else "") + (f" #{count}" if count > 1 else "")


def _success_rate(point: PointResult) -> float:
    return point.succeeded / max(point.succeeded + point.failed, 1)


def _point_figures(recorded: RecordedPoint) -> dict[str, float]:
    """Return the figures of a point by title. `Valid` is 0 beside figures that are suspect or invalid."""
    point = recorded.result
    figures = {SUCCESS: 100 * _success_rate(point), "Valid": float(recorded.verdict.verdict == "valid")}
    if point.objectives_met is not None:
        figures["Objectives met"] = float(point.objectives_met)
    for figure in FIGURES:
        value = point[figure.name]
        if figure.tracked and value is not None:
            figures[figure.title] = value * figure.notation.scale
    return figures


def _score_figures(score: Score) -> dict[str, float]:
    subset = "" if score.subset == WHOLE else f"{score.subset}_"
    key = f"accuracy/{score.dataset}_{subset}{score.metric}".replace(".", "_")
    figures = {key: score.value, f"{key}_ci_low": score.ci_low, f"{key}_ci_high": score.ci_high}
    return {name: value for name, value in figures.items() if value is not None}


def _knee_figures(knee: Knee) -> dict[str, float]:
    key = f"{knee.sweep}/knee_{knee.load}"
    is_valid = None if knee.knee is None else float(not knee.doubts)
    figures = {key: knee.knee, f"{key}_low": knee.low, f"{key}_high": knee.high, f"{key}_valid": is_valid}
    return {name: value for name, value in figures.items() if value is not None}


def _row(point: RecordedPoint) -> tuple[str, ...]:
    result = point.result
    success = f"{100 * _success_rate(result):.1f}"
    figures = [BY_NAME[name].notation.text(result[name]) for name in TABLE_FIGURES]
    point_cells = (result.sweep, result.run_name, result.load.text, str(result.requests), success)
    return (*point_cells, *figures, point.verdict.verdict)
