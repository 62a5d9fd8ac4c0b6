"""The whole pipeline: plan, provision, serve, probe, measure, record, track, report."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial

from prefect import flow, task
from prefect.runtime import flow_run

from flows import parameters
from flows.run.block_settings import with_blocks
from flows.run.context import RunContext
from flows.run.finish import finish
from flows.run.gpu_slot import gpu_slot
from flows.run.measure_accuracy import measure_accuracy_sets
from flows.run.measure_sweeps import measure_sweeps
from flows.run.preflight import preflight
from flows.run.report_failure import FailureReport, report_failure
from flows.run.reuse import is_reusable
from flows.run.run_identity import Run, new_run
from flows.run.run_record import record_outcome
from flows.run.run_results import RunResults
from flows.run.run_server import RunServer, no_server, open_server
from flows.run.run_warnings import RunWarnings
from flows.run.synced_bucket import synced_bucket
from flows.run.worker_watch import end_with_worker
from flows.ui import artifacts, console
from flows.ui.progress import show_progress
from tasks.config.results_location import ResultsLocation
from tasks.config.spec import Spec
from tasks.plan.plan import Plan, Planner


def _title() -> str:
    chosen = flow_run.parameters
    return parameters.run_title(chosen["spec"], chosen["only"], chosen["model"])


@flow(name="benchmark", flow_run_name=_title, log_prints=False)
def benchmark(
    spec: parameters.SpecChoice = "smoke",
    only: parameters.Only = "everything",
    model: parameters.ModelChoice = None,
    concurrency: parameters.Concurrency = None,
    requests: parameters.Requests = None,
    reasoning_effort: parameters.Effort = None,
    repeats: parameters.Repeats = None,
    overrides: parameters.Overrides = None,
    results: parameters.Results = parameters.RESULTS,
    refresh: bool = False,
) -> str:
    """Measure what a spec describes and return the run's id.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file.
        only: Leave out the other half of the spec.
        model: Model instead of the spec's: a hub id, a folder, or synthetic:gpt-oss.
        concurrency: Concurrency levels instead of the spec's, in every sweep.
        requests: Requests at each level; five waves a level where only `concurrency` is given.
        reasoning_effort: Of the accuracy questions, instead of the spec's.
        repeats: How often every point and question set is measured.
        overrides: Any other field of the spec, as path.to.field=value; applied last.
        results: The folder or s3:// address that holds the tables.
        refresh: Measure again what is recorded already.
    """
    changes = parameters.SpecChanges(
        only=only,
        model=model,
        concurrency=concurrency,
        requests=requests,
        reasoning_effort=reasoning_effort,
        repeats=repeats,
    )
    with report_failure() as failure:
        changed_spec = parameters.load_changed_spec(spec, changes, overrides)
        return measure(changed_spec, parameters.chosen_results(results), refresh, failure)


def measure(spec: Spec, results: ResultsLocation, refresh: bool, failure: FailureReport) -> str:
    """Run the pipeline inside any flow and return the run's id."""
    with end_with_worker(), gpu_slot(), with_blocks(spec, results) as (spec, results):
        run = new_run(spec, results)
        failure.set_run(run)
        with synced_bucket(run), record_outcome(run) as warnings:
            plan = plan_run(run, refresh)
            with _server_for(plan, run, warnings) as server, show_progress(plan.missing):
                context = RunContext(run, server, refresh)
                speed = measure_sweeps(plan, context)
                accuracy = measure_accuracy_sets(plan, context)
            measured = RunResults(points=speed.points, knees=speed.knees, accuracy=accuracy)
            return finish(run, measured, warnings)


@task(name="plan", task_run_name="plan")
def plan_run(run: Run, refresh: bool) -> Plan:
    """Check the spec, and list what to measure and what is recorded already."""
    preflight(run.spec, run.results)
    plan = Planner(run.spec, run.subject, partial(is_reusable, run.results, refresh)).plan()
    reused = len(plan.entries) - plan.missing
    counts = f"{plan.missing} to measure, {reused} reused from {run.results}"
    searches = "".join(f", searches what saturates {entry.sweep.name}" for entry in plan.searches)
    console.stage("plan", f"{run.id}: {counts}{searches}")
    artifacts.create_reuse_artifact(run, reused, len(plan.entries))
    return plan


def _server_for(plan: Plan, run: Run, warnings: RunWarnings) -> AbstractContextManager[RunServer]:
    """Return the run's server. Nothing is started if everything is recorded."""
    return open_server(run, warnings) if plan.missing else no_server(run)
