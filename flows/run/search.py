"""The search for the load that saturates a server: each point decides which one is measured next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prefect import task

from flows.run.cache import BY_KEY, is_cached, with_cache
from flows.run.context import Run
from flows.ui import console
from flows.ui.progress import current
from tasks.measure.speed.trials import trial_of
from tasks.plan.plan import PlannedPoint, PlannedSearch, plan_point
from tasks.plan.search import Knee, Trial, advance
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_knee


@task(
    name="knee", task_run_name="{label}", cache_policy=BY_KEY, persist_result=True, result_serializer="json"
)
def knee_task(entry: PlannedSearch, knee: Knee, label: str) -> Knee:
    """Keep an answer whose points are all kept: a later run finds it again without a server."""
    return knee


def search_saturation(
    entry: PlannedSearch, run: Run, refresh: bool, measure: Callable[[PlannedPoint], RecordedPoint]
) -> tuple[tuple[RecordedPoint, ...], Knee]:
    """The points that the search has taken, measured or reused, and its answer, which is recorded."""
    sweep, points, trials = entry.sweep, list[RecordedPoint](), list[Trial]()
    while not isinstance(found := advance(sweep.name, entry.how, trials), Knee):
        points.append(measure(_point(entry, run, refresh, found, trials)))
        usable = points[-1].verdict.verdict != "invalid"
        trials.append(trial_of(points[-1].result, sweep.objectives, usable))
    found = found.model_copy(update={"doubts": _doubts(found, points)})
    record_knee(Store(run.results), run.id, found)
    if all(point.verdict.verdict != "invalid" for point in points):
        with_cache(knee_task, run.results, refresh)(entry, found, f"{sweep.name} knee")
    if not entry.recorded and (told := current()):
        told.ended(f"{sweep.name} knee")
    console.stage("sweep", f"{sweep.name} {_said(found)}")
    return tuple(points), found


def _point(entry: PlannedSearch, run: Run, refresh: bool, level: float, trials: list[Trial]) -> PlannedPoint:
    load = entry.how.load_at(level, entry.sweep.objectives)
    repeat = 1 + sum(trial.level == level for trial in trials)
    point = plan_point(
        run.spec,
        run.subject,
        entry.sweep,
        load,
        repeat,
        lambda key: not refresh and is_cached(run.results, key),
    )
    if not point.recorded and (told := current()):
        told.more()
    return point


def _doubts(found: Knee, points: Sequence[RecordedPoint]) -> tuple[str, ...]:
    """What speaks against the points that the answer stands between, each reason once."""
    deciding = (
        point
        for point in points
        if (point.result.concurrency or point.result.rate) in (found.low, found.high)
        and point.verdict.verdict == "suspect"
    )
    return tuple(dict.fromkeys(reason for point in deciding for reason in point.verdict.reasons))


def _said(knee: Knee) -> str:
    at = "no load holds" if knee.knee is None else f"is saturated at {knee.load} {knee.knee:.4g}"
    return f"{at}, limited by {knee.reason} ({knee.points} points)"
