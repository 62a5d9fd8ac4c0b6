"""The whole pipeline: plan, provision, serve, probe, measure, record, track, report."""

from __future__ import annotations

from contextlib import AbstractContextManager

from prefect import flow, task
from prefect.runtime import flow_run

from flows import parameters
from flows.run.accuracy import measure_accuracy_sets
from flows.run.block_settings import with_blocks
from flows.run.cache import is_cached, synced_bucket
from flows.run.context import Run, new_run
from flows.run.finish import finish, record_outcome
from flows.run.gpu_slot import gpu_slot
from flows.run.preflight import preflight
from flows.run.server import ServerSession, no_server, open_server
from flows.run.sweep import measure_sweeps
from flows.run.worker_watch import end_with_worker
from flows.ui import artifacts, console
from flows.ui.progress import progress
from tasks.config.results_location import ResultsLocation, results_location
from tasks.config.spec import Spec
from tasks.plan.plan import Plan, make_plan


def _title() -> str:
    given = flow_run.parameters
    return parameters.run_title(given["spec"], given["only"], given["model"])


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
    """Measure what a spec says and return the run's id.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file.
        only: Leave out the other half of the spec.
        model: Model instead of the spec's: a hub id, a folder, or synthetic:gpt-oss.
        concurrency: Concurrency levels instead of the spec's, in every sweep.
        requests: Requests at each level; five waves a level where only `concurrency` is given.
        reasoning_effort: Of the accuracy questions, instead of the spec's.
        repeats: How often every point and question set is measured.
        overrides: Anything else of the spec, as path.to.field=value; applied last.
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
    with artifacts.report_failure() as tell:
        return measure(
            parameters.spec_with_changes(spec, changes, overrides), results_location(results), refresh, tell
        )


def measure(spec: Spec, results: ResultsLocation, refresh: bool, tell: artifacts.SetRun) -> str:
    """The pipeline, inside whatever flow calls it; returns the run's id."""
    with end_with_worker(), gpu_slot(), with_blocks(spec, results) as (spec, results):
        run = tell(new_run(spec, results))
        with synced_bucket(run), record_outcome(run) as warnings:
            plan = plan_run(run, refresh)
            with _server_for(plan, run, warnings) as server, progress(plan.missing):
                speed = measure_sweeps(plan, run, server, refresh)
                accuracy = measure_accuracy_sets(plan, run, server, refresh)
            return finish(run, speed, accuracy, warnings)


@task(name="plan", task_run_name="plan")
def plan_run(run: Run, refresh: bool) -> Plan:
    """What to measure and what is there already."""
    preflight(run.spec, run.results)
    plan = make_plan(run.spec, run.subject, lambda key: not refresh and is_cached(run.results, key))
    reused = len(plan.entries) - plan.missing
    searches = "".join(f", searches what saturates {entry.sweep.name}" for entry in plan.searches)
    console.stage(
        "plan", f"{run.id}: {plan.missing} to measure, {reused} reused from {run.results}{searches}"
    )
    artifacts.reusing(run, reused, len(plan.entries))
    return plan


def _server_for(plan: Plan, run: Run, warnings: list[str]) -> AbstractContextManager[ServerSession]:
    """A run with nothing to measure starts nothing."""
    return open_server(run, warnings) if plan.missing else no_server(run)
