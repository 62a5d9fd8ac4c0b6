"""Measures the sweeps of a run: one Prefect task for each load point."""

from __future__ import annotations

import hashlib
from functools import partial

from flows.run.context import RunContext
from flows.run.flow_task import task
from flows.run.reuse import UnusableResult, measured_or_reused
from flows.run.run_results import SpeedResults
from flows.run.run_server import RunServer
from flows.run.saturation_search import search_saturation
from flows.ui import console
from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.audit.first_wave import judged_again
from tasks.config.sweep import Sweep
from tasks.errors import MeasureError
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.objectives import with_objectives
from tasks.measure.speed.figures.point_figures import with_price
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.observe_point import observe_point
from tasks.measure.speed.send_load import measure_point
from tasks.plan.plan import Plan, PlannedPoint
from tasks.plan.search import Knee
from tasks.record.read_run import recorded_requests
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_telemetry


class InvalidPoint(UnusableResult):
    """A point is invalid: recorded with its verdict, but not cached."""

    def __init__(self, recorded: RecordedPoint) -> None:
        what = f"{recorded.result.run_name}: {'; '.join(recorded.verdict.reasons)}"
        super().__init__(what, "read the reasons, fix the cause, run again", recorded)


@task(name="point", task_run_name="{label}")
def point_task(entry: PlannedPoint, context: RunContext, attempt: int, label: str) -> RecordedPoint:
    """Measure and record one load point.

    Raises:
        InvalidPoint: the audit found that the point's figures must not be used.
    """
    recorded = measure_and_record(entry, context, attempt)
    if recorded.verdict.verdict == "invalid":
        raise InvalidPoint(recorded)
    return recorded


def measure_sweeps(plan: Plan, context: RunContext) -> SpeedResults:
    """Measure or reuse every load point in the plan's order; a search decides its points one by one."""
    points, knees = list[RecordedPoint](), list[Knee]()
    for entry in plan.speed:
        if isinstance(entry, PlannedPoint):
            points.append(_measured_or_reused(context, entry))
        else:
            measured, knee = search_saturation(entry, context, partial(_measured_or_reused, context))
            points.extend(measured)
            knees.append(knee)
    return SpeedResults(points=tuple(points), knees=tuple(knees))


def _measured_or_reused(context: RunContext, entry: PlannedPoint) -> RecordedPoint:
    """Measure or reuse a point. A reused point gets the objectives and the price of this run's spec."""
    recorded = measured_or_reused(context, point_task, entry, "sweep", _label(entry))
    run = context.run
    if recorded.run_id == run.id:
        show_doubt(_label(entry), recorded)
        return recorded
    recorded = _with_objectives_of(entry.sweep, recorded, Store(run.results))
    price = run.spec.server.price_per_hour
    return recorded.model_copy(update={"result": with_price(recorded.result, price)})


def show_doubt(label: str, recorded: RecordedPoint) -> None:
    """Print the first reason why a point is suspect; the report has all of them.

    The error of an invalid point is printed where it is raised.
    """
    if recorded.verdict.verdict != "suspect":
        return
    first, *others = recorded.verdict.reasons
    more = f" (and {len(others)} more)" if others else ""
    console.stage("sweep", f"{label} is suspect: {first}{more}", "yellow")


def _with_objectives_of(sweep: Sweep, recorded: RecordedPoint, store: Store) -> RecordedPoint:
    """An earlier run's point, judged by this sweep's objectives."""
    if recorded.result.objectives == sweep.objectives:
        return recorded
    rows = recorded_requests(store, recorded)
    result = with_objectives(sweep.objectives, recorded.result, rows)
    verdict = judged_again(recorded.verdict, result, rows) if rows else recorded.verdict
    return recorded.model_copy(update={"result": result, "verdict": verdict})


def _label(entry: PlannedPoint) -> str:
    repeat = f" #{entry.repeat}" if entry.sweep.repeats > 1 or entry.repeat > 1 else ""
    return f"{entry.sweep.name} {entry.load.label}{repeat}"


def measure_and_record(entry: PlannedPoint, context: RunContext, attempt: int) -> RecordedPoint:
    """Measure one point, audit it against the server's own counters, and record its rows."""
    run, server, load = context.run, context.server, entry.load
    measurement_name = f"{entry.sweep.name}-{load.label}-n{load.requests}-r{entry.repeat}-a{attempt}"
    job = PointJob(
        sweep=entry.sweep,
        load=load,
        repeat=entry.repeat,
        attempt=attempt,
        run_name=entry.run_name,
        endpoint=server.endpoint,
        folder=run.folder / measurement_name,
        seed=_seed(run.id, entry.key, attempt),
    )
    with console.bar("sweep", _label(entry)) as progress:
        send = partial(_send_load, job, server, progress)
        observed = observe_point(job, send, server.sources(), run.spec.server.price_per_hour)
    result, rows, readings = observed.result, observed.rows, observed.readings
    verdict = audit_point(Evidence(entry.sweep, result, rows, observed.before, observed.after, readings))
    recorded = RecordedPoint(result=result, verdict=verdict, run_id=run.id)
    store = Store(run.results)
    record_telemetry(store, run.id, measurement_name, readings)
    record_point(store, run.id, recorded, rows)
    return recorded


def _send_load(job: PointJob, server: RunServer, progress: console.UpdateBar) -> Measurement:
    """Send the load. If a load process fails, return a measurement without requests: the run continues.

    If requests failed, confirm that the server is alive, because errors of a dead server are not results.
    """
    always_busy = job.load.slots > 0  # an open loop may pause with nothing in flight
    try:
        measurement = measure_point(job, server.check, server.tracked(progress, always_busy))
    except MeasureError as error:
        measurement = Measurement(rows=(), duration_s=0.0, error=error.what)
    if not measurement.complete:
        server.confirm_alive()
    return measurement


def _seed(*parts: object) -> int:
    """The seed of the prompts: it differs by run, point and attempt, so that no prefix cache is hit."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")
