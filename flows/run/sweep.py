"""The sweeps of a run: one Prefect task a load point, recorded before it is reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from prefect import task

from flows.run.cache import BY_KEY
from flows.run.context import Run
from flows.run.reuse import UnusableResult, measured_or_reused
from flows.run.search import search_saturation
from flows.run.server import ServerSession
from flows.ui import console
from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.config.base import Frozen
from tasks.config.sweep import Sweep
from tasks.errors import MeasureError
from tasks.measure.jobs import PointJob
from tasks.measure.results import Measurement
from tasks.measure.speed.cost import with_cost
from tasks.measure.speed.energy import with_energy
from tasks.measure.speed.objectives import with_objectives
from tasks.measure.speed.point import measure_point
from tasks.measure.speed.point_figures import point_result
from tasks.plan.plan import Plan, PlannedPoint
from tasks.plan.search import Knee
from tasks.probe.sampler import readings, sampling
from tasks.probe.server_metrics import read_metrics
from tasks.record.read_run import recorded_requests
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_telemetry


class InvalidPoint(UnusableResult):
    """The point is recorded with its verdict."""

    def __init__(self, recorded: RecordedPoint) -> None:
        what = f"{recorded.result.run_name}: {'; '.join(recorded.verdict.reasons)}"
        super().__init__(what, "read the reasons, mend the cause, run again", recorded)


@task(
    name="point", task_run_name="{label}", cache_policy=BY_KEY, persist_result=True, result_serializer="json"
)
def point_task(
    entry: PlannedPoint, run: Run, session: ServerSession, attempt: int, label: str
) -> RecordedPoint:
    """One load point. Raises InvalidPoint when its figures must not be used: they are not cached then."""
    recorded = measure_and_record(entry, run, session, attempt)
    if recorded.verdict.verdict == "invalid":
        raise InvalidPoint(recorded)
    return recorded


class SpeedResults(Frozen):
    """What the sweeps of a run have found: points, and the answers of searches."""

    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()


def measure_sweeps(plan: Plan, run: Run, session: ServerSession, refresh: bool) -> SpeedResults:
    """Every point, measured or reused, in the plan's order; those of a search as they come."""
    points, knees = list[RecordedPoint](), list[Knee]()
    for entry in plan.speed:
        if isinstance(entry, PlannedPoint):
            points.append(_point(entry, run, session, refresh))
            continue
        measured_or_reused, knee = search_saturation(
            entry, run, refresh, lambda point: _point(point, run, session, refresh)
        )
        points.extend(measured_or_reused)
        knees.append(knee)
    return SpeedResults(points=tuple(points), knees=tuple(knees))


def _point(entry: PlannedPoint, run: Run, session: ServerSession, refresh: bool) -> RecordedPoint:
    recorded = measured_or_reused(point_task, entry, run, session, refresh, "sweep", _label(entry))
    if recorded.run_id == run.id:
        return recorded
    recorded = _judged(entry.sweep, recorded, Store(run.results))
    price = run.spec.server.price_per_hour
    return recorded.model_copy(update={"result": with_cost(recorded.result, price)})


def _judged(measure_sweeps: Sweep, recorded: RecordedPoint, store: Store) -> RecordedPoint:
    """What was measured before, held against the objectives of today."""
    if recorded.result.objectives == measure_sweeps.objectives:
        return recorded
    result = with_objectives(measure_sweeps.objectives, recorded.result, recorded_requests(store, recorded))
    return recorded.model_copy(update={"result": result})


def _label(entry: PlannedPoint) -> str:
    repeat = f" #{entry.repeat}" if entry.sweep.repeats > 1 or entry.repeat > 1 else ""
    return f"{entry.sweep.name} {entry.load.label}{repeat}"


def measure_and_record(entry: PlannedPoint, run: Run, session: ServerSession, attempt: int) -> RecordedPoint:
    """Measure one point, audit it against the server's own counters, write its rows."""
    stage = f"{entry.sweep.name}-{entry.load.label}-n{entry.load.requests}-r{entry.repeat}-a{attempt}"
    endpoint = session.endpoint
    job = PointJob(
        sweep=entry.sweep,
        load=entry.load,
        repeat=entry.repeat,
        attempt=attempt,
        run_name=entry.run_name,
        endpoint=endpoint,
        folder=run.folder / stage,
        seed=_seed(run.id, entry.key, attempt),
    )
    before = read_metrics(endpoint)
    with sampling(*session.sources()) as samples, console.bar("sweep", f"{_label(entry)}") as progress:
        measured = _measured(job, session, progress)
        result, rows = measured.result, measured.rows
        if result.failed:
            session.confirm()
    after = read_metrics(endpoint)
    told = (*readings(before), *samples.rows, *readings(after), *measured.readings)
    result = with_energy(with_cost(result, run.spec.server.price_per_hour), rows, told)
    verdict = audit_point(Evidence(entry.sweep, result, rows, before, after, told))
    recorded = RecordedPoint(result=result, verdict=verdict, run_id=run.id)
    store = Store(run.results)
    record_telemetry(store, run.id, stage, told)
    record_point(store, run.id, recorded, rows)
    return recorded


def _measured(job: PointJob, session: ServerSession, progress: Callable[[int, int], None]) -> Measurement:
    """A measuring process that failed leaves a point without a success, and the run goes on."""
    try:
        return measure_point(job, session.check, session.noting(progress, always=job.load.rate is None))
    except MeasureError as error:
        failed = point_result(job, (), 0.0).model_copy(update={"first_error": error.what})
        return Measurement(result=failed, rows=())


def _seed(*parts: object) -> int:
    """Prompts differ between runs, points and attempts, so that no prefix cache can help."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")
