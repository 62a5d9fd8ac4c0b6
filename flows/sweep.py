"""The sweeps of a run: one Prefect task a load point, recorded before it is reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from prefect import task

from flows import show
from flows.caching import BY_KEY, cached
from flows.run import Run
from flows.session import Session
from tasks.audit.evidence import Evidence
from tasks.audit.point import audit_point
from tasks.errors import MeasureError
from tasks.measure.figures import point_result
from tasks.measure.jobs import PointJob
from tasks.measure.points import measure_point
from tasks.measure.results import Measurement
from tasks.plan.plan import Plan, Point
from tasks.probe.metrics import read_metrics
from tasks.probe.sampler import readings, sampling
from tasks.record.recording import record_point, record_telemetry
from tasks.record.results import RecordedPoint
from tasks.record.store import Store


class InvalidPoint(MeasureError):
    """The point is recorded with its verdict, measured again in the next run, and fails this one."""

    def __init__(self, recorded: RecordedPoint) -> None:
        reasons = "; ".join(recorded.verdict.reasons)
        super().__init__(
            f"{recorded.result.run_name}: {reasons}", "read the reasons, mend the cause, run again"
        )
        self.recorded = recorded


@task(
    name="point", task_run_name="{label}", cache_policy=BY_KEY, persist_result=True, result_serializer="json"
)
def point_task(entry: Point, run: Run, session: Session, attempt: int, label: str) -> RecordedPoint:
    """One load point. Raises InvalidPoint when its figures must not be used: they are not cached then."""
    recorded = measure_and_record(entry, run, session, attempt)
    if recorded.verdict.verdict == "invalid":
        raise InvalidPoint(recorded)
    return recorded


def sweep(plan: Plan, run: Run, session: Session, refresh: bool) -> tuple[RecordedPoint, ...]:
    """Every point of the plan, measured or reused, in the plan's order."""
    return tuple(_point(entry, run, session, refresh) for entry in plan.points)


def _point(entry: Point, run: Run, session: Session, refresh: bool) -> RecordedPoint:
    measure = cached(point_task, run.results, refresh)

    def attempt_at(attempt: int) -> RecordedPoint:
        label = _label(entry) if attempt == 1 else f"{_label(entry)} attempt {attempt}"
        return measure(entry, run, session, attempt, label)

    try:
        recorded = session.measured(attempt_at)
    except InvalidPoint as invalid:
        show.stage("sweep", f"[red]{invalid.what}[/]")
        return invalid.recorded
    if recorded.run_id != run.id:
        show.stage("sweep", f"{_label(entry)} · reused from {recorded.run_id}")
    return recorded


def _label(entry: Point) -> str:
    repeat = f" #{entry.repeat}" if entry.sweep.repeats > 1 else ""
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
    with sampling(endpoint) as samples, show.bar("sweep", f"{_label(entry)}") as progress:
        measured = _measured(job, session, progress)
        result, rows = measured.result, measured.rows
        if result.failed:
            session.confirm()
    after = read_metrics(endpoint)
    verdict = audit_point(Evidence(entry.sweep, result, rows, before, after, measured.readings))
    recorded = RecordedPoint(result=result, verdict=verdict, run_id=run.id)
    store = Store(run.results)
    record_telemetry(
        store, run.id, stage, (*readings(before), *samples.rows, *readings(after), *measured.readings)
    )
    record_point(store, run.id, recorded, rows)
    return recorded


def _measured(job: PointJob, session: Session, progress: Callable[[int, int], None]) -> Measurement:
    """A measuring process that failed leaves a point without a success, and the run goes on."""
    try:
        return measure_point(job, session.check, progress)
    except MeasureError as error:
        failed = point_result(job, (), 0.0).model_copy(update={"first_error": error.what})
        return Measurement(result=failed, rows=())


def _seed(*parts: object) -> int:
    """Prompts differ between runs, points and attempts, so that no prefix cache can help."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")
