"""The sweeps of a run: one Prefect task a load point, recorded before it is reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from prefect import task

from flows import show
from flows.caching import BY_KEY
from flows.run import Run
from flows.search import searched
from flows.session import Session
from flows.taking import Flawed, taken
from tasks.audit.evidence import Evidence
from tasks.audit.point import audit_point
from tasks.config.base import Frozen
from tasks.config.sweep import Sweep
from tasks.errors import MeasureError
from tasks.measure.cost import priced
from tasks.measure.energy import with_energy
from tasks.measure.figures import point_result
from tasks.measure.jobs import PointJob
from tasks.measure.objectives import judged
from tasks.measure.points import measure_point
from tasks.measure.results import Measurement
from tasks.plan.plan import Plan, Point
from tasks.plan.search import Knee
from tasks.probe.metrics import read_metrics
from tasks.probe.sampler import readings, sampling
from tasks.record.reading import recorded_requests
from tasks.record.recording import record_point, record_telemetry
from tasks.record.results import RecordedPoint
from tasks.record.store import Store


class InvalidPoint(Flawed):
    """The point is recorded with its verdict."""

    def __init__(self, recorded: RecordedPoint) -> None:
        what = f"{recorded.result.run_name}: {'; '.join(recorded.verdict.reasons)}"
        super().__init__(what, "read the reasons, mend the cause, run again", recorded)


@task(
    name="point", task_run_name="{label}", cache_policy=BY_KEY, persist_result=True, result_serializer="json"
)
def point_task(entry: Point, run: Run, session: Session, attempt: int, label: str) -> RecordedPoint:
    """One load point. Raises InvalidPoint when its figures must not be used: they are not cached then."""
    recorded = measure_and_record(entry, run, session, attempt)
    if recorded.verdict.verdict == "invalid":
        raise InvalidPoint(recorded)
    return recorded


class Swept(Frozen):
    """What the sweeps of a run have found: points, and the answers of searches."""

    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()


def sweep(plan: Plan, run: Run, session: Session, refresh: bool) -> Swept:
    """Every point, measured or reused, in the plan's order; those of a search as they come."""
    points, knees = list[RecordedPoint](), list[Knee]()
    for entry in plan.speed:
        if isinstance(entry, Point):
            points.append(_point(entry, run, session, refresh))
            continue
        taken, knee = searched(entry, run, refresh, lambda point: _point(point, run, session, refresh))
        points.extend(taken)
        knees.append(knee)
    return Swept(points=tuple(points), knees=tuple(knees))


def _point(entry: Point, run: Run, session: Session, refresh: bool) -> RecordedPoint:
    recorded = taken(point_task, entry, run, session, refresh, "sweep", _label(entry))
    if recorded.run_id == run.id:
        return recorded
    recorded = _judged(entry.sweep, recorded, Store(run.results))
    price = run.spec.server.price_per_hour
    return recorded.model_copy(update={"result": priced(recorded.result, price)})


def _judged(sweep: Sweep, recorded: RecordedPoint, store: Store) -> RecordedPoint:
    """What was measured before, held against the objectives of today."""
    if recorded.result.objectives == sweep.objectives:
        return recorded
    result = judged(sweep.objectives, recorded.result, recorded_requests(store, recorded))
    return recorded.model_copy(update={"result": result})


def _label(entry: Point) -> str:
    repeat = f" #{entry.repeat}" if entry.sweep.repeats > 1 or entry.repeat > 1 else ""
    return f"{entry.sweep.name} {entry.load.label}{repeat}"


def measure_and_record(entry: Point, run: Run, session: Session, attempt: int) -> RecordedPoint:
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
    with sampling(*session.sources()) as samples, show.bar("sweep", f"{_label(entry)}") as progress:
        measured = _measured(job, session, progress)
        result, rows = measured.result, measured.rows
        if result.failed:
            session.confirm()
    after = read_metrics(endpoint)
    told = (*readings(before), *samples.rows, *readings(after), *measured.readings)
    result = with_energy(priced(result, run.spec.server.price_per_hour), rows, told)
    verdict = audit_point(Evidence(entry.sweep, result, rows, before, after, told))
    recorded = RecordedPoint(result=result, verdict=verdict, run_id=run.id)
    store = Store(run.results)
    record_telemetry(store, run.id, stage, told)
    record_point(store, run.id, recorded, rows)
    return recorded


def _measured(job: PointJob, session: Session, progress: Callable[[int, int], None]) -> Measurement:
    """A measuring process that failed leaves a point without a success, and the run goes on."""
    try:
        return measure_point(job, session.check, session.noting(progress, always=job.load.rate is None))
    except MeasureError as error:
        failed = point_result(job, (), 0.0).model_copy(update={"first_error": error.what})
        return Measurement(result=failed, rows=())


def _seed(*parts: object) -> int:
    """Prompts differ between runs, points and attempts, so that no prefix cache can help."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")
