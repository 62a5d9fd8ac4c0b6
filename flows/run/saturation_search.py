"""The search for the load that saturates a server: each point decides which level is measured next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flows.run.context import RunContext
from flows.run.figure_cache import is_reusable
from flows.run.flow_task import task
from flows.run.reuse import with_cache
from flows.ui import console
from flows.ui.progress import current_progress
from tasks.measure.speed.figures.open_loop_pace import TOO_SHORT
from tasks.measure.speed.trials import trial_of
from tasks.plan.plan import PlannedPoint, PlannedSearch, Planner
from tasks.plan.search import Knee, Trial, advance
from tasks.plan.search_requests import searched_load
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_knee


@task(name="knee", task_run_name="{label}")
def knee_task(knee: Knee, label: str) -> Knee:
    """Return the knee. Prefect caches it, and a later run reuses it without starting a server."""
    return knee


def search_saturation(
    entry: PlannedSearch, context: RunContext, measure: Callable[[PlannedPoint], RecordedPoint]
) -> tuple[tuple[RecordedPoint, ...], Knee]:
    """Search for the load that saturates the server, and record the knee.

    Args:
        entry: the sweep, and how to search.
        context: the run.
        measure: measures or reuses one point.

    Returns:
        The points in the order in which the search asked for them, and the knee.
    """
    sweep, points, trials = entry.sweep, list[RecordedPoint](), list[Trial]()
    step = advance(sweep.name, entry.saturation, trials)
    while not isinstance(step, Knee):
        point = measure(_planned_point(entry, context, step, trials))
        usable = point.verdict.verdict != "invalid"
        points.append(point)
        trials.append(trial_of(point.result, sweep.objectives, usable))
        step = advance(sweep.name, entry.saturation, trials)
    knee = step.model_copy(update={"doubts": _doubts(step, points)})
    _keep(entry, context, knee, points)
    progress = current_progress()
    if progress and not entry.recorded:
        progress.finish_entry(f"{sweep.name} knee")
    console.stage("sweep", f"{sweep.name} {_sentence(knee)}")
    return tuple(points), knee


def _planned_point(
    entry: PlannedSearch, context: RunContext, level: float, trials: Sequence[Trial]
) -> PlannedPoint:
    run, sweep = context.run, entry.sweep
    load = searched_load(sweep, level)
    repeat = 1 + sum(trial.level == level for trial in trials)
    reusable = partial(is_reusable, run.results, context.refresh)
    point = Planner(run.spec, run.subject, reusable).point(sweep, load, repeat)
    progress = current_progress()
    if progress and not point.recorded:
        progress.add_entry()
    return point


def _keep(entry: PlannedSearch, context: RunContext, knee: Knee, points: Sequence[RecordedPoint]) -> None:
    """Record the knee; cache it only if all its points are cached."""
    run = context.run
    record_knee(Store(run.results), run.id, knee)
    if all(point.verdict.verdict != "invalid" for point in points):
        cached_task = with_cache(knee_task, entry.key, context)
        cached_task(knee, f"{entry.sweep.name} knee")


def _doubts(knee: Knee, points: Sequence[RecordedPoint]) -> tuple[str, ...]:
    """Return why the points on either side of the knee are suspect, without duplicate reasons."""
    reasons: list[str] = []
    for point in points:
        if point.result.load.level not in (knee.low, knee.high):
            continue
        if point.verdict.verdict == "suspect":
            reasons.extend(point.verdict.reasons)
        if not point.result.load.slots and point.result["pace"] is None:
            reasons.append(f"{TOO_SHORT}: give the search more `seconds`")
    return tuple(dict.fromkeys(reasons))


def _sentence(knee: Knee) -> str:
    points = "1 point" if knee.points == 1 else f"{knee.points} points"
    if knee.doubts:
        points += "; suspect"
    if knee.knee is None:
        return f"does not hold at any load, limited by {knee.reason} ({points})"
    if knee.high is None:
        return f"is not saturated at {knee.load} {knee.knee:.4g}, the highest level allowed ({points})"
    return f"is saturated at {knee.load} {knee.knee:.4g}, limited by {knee.reason} ({points})"
