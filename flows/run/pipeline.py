"""The pipeline of one run: plan, provision, start the server, check it, measure, record, track, report."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial

from flows.run.begun_run import recording
from flows.run.context import RunContext
from flows.run.figure_cache import is_reusable
from flows.run.finish import finish
from flows.run.flow_task import task
from flows.run.measure_accuracy import measure_accuracy_sets
from flows.run.measure_sweeps import measure_sweeps
from flows.run.preflight import preflight
from flows.run.run_identity import Run
from flows.run.run_results import RunResults
from flows.run.run_server import RunServer, no_server, open_server
from flows.run.run_warnings import RunWarnings
from flows.ui import artifacts, console
from flows.ui.progress import show_progress
from tasks.config.sweep_rules import ignored_length
from tasks.plan.plan import Plan, Planner


def run_pipeline(run: Run, refresh: bool, plan: Plan | None = None) -> str:
    """Measure or reuse what a run plans, report it, and return the run's id.

    `plan`: the plan of this run if it is made already, after `preflight`.
    """
    with recording(run) as warnings:
        plan = plan_run(run, refresh, plan)
        for ignored in filter(None, map(ignored_length, run.spec.sweeps)):
            warnings.add("plan", ignored)
        with _server_for(plan, run, warnings) as server, show_progress(plan.missing):
            context = RunContext(run, server, refresh)
            speed = measure_sweeps(plan, context)
            accuracy = measure_accuracy_sets(plan, context)
        measured = RunResults(points=speed.points, knees=speed.knees, accuracy=accuracy)
        return finish(run, measured, warnings)


@task(name="plan", task_run_name="plan")
def plan_run(run: Run, refresh: bool, plan: Plan | None = None) -> Plan:
    """Check the spec, and list what to measure and what is recorded already, unless that is done already."""
    if plan is None:
        preflight(run.spec, run.results)
        plan = plan_of(run, refresh)
    reused = len(plan.entries) - plan.missing
    counts = f"{plan.missing} to measure, {reused} reused from {run.results}"
    searches = "".join(f", searches what saturates {entry.sweep.name}" for entry in plan.searches)
    console.stage("plan", f"{run.id}: {counts}{searches}")
    artifacts.create_reuse_artifact(run, reused, len(plan.entries))
    return plan


def plan_of(run: Run, refresh: bool) -> Plan:
    """List what a run measures, and what is recorded already."""
    return Planner(run.spec, run.subject, partial(is_reusable, run.results, refresh)).plan()


def _server_for(plan: Plan, run: Run, warnings: RunWarnings) -> AbstractContextManager[RunServer]:
    """Return the run's server. Nothing is started if everything is recorded."""
    return open_server(run, warnings) if plan.missing else no_server(run)
