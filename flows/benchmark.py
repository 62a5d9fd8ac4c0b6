"""The whole pipeline: plan, provision, serve, probe, measure, record, track, report."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from prefect import flow, task

from flows import show
from flows.accuracy import evaluate
from flows.caching import is_cached
from flows.ending import finish, recorded_run
from flows.preflight import preflight
from flows.run import Run, new_run
from flows.session import Session, reusing, session
from flows.sweep import sweep
from tasks.config.load import load_spec
from tasks.plan.plan import Plan, make_plan


@flow(name="benchmark", flow_run_name="{spec}", log_prints=False)
def benchmark(
    spec: str = "smoke", overrides: list[str] | None = None, results: str = "results", refresh: bool = False
) -> str:
    """Measure what a spec says and return the run's id.

    Args:
        spec: a bundled spec's name or a YAML file.
        overrides: `path.to.field=value`, as after --set.
        results: the folder that holds the tables.
        refresh: measure again what is recorded already.
    """
    run = new_run(load_spec(spec, overrides or ()), Path(results))
    with recorded_run(run):
        plan = plan_run(run, refresh)
        with _server_for(plan, run) as server:
            points = sweep(plan, run, server, refresh)
            accuracy = evaluate(plan, run, server, refresh)
    return finish(run, points, accuracy)


@task(name="plan")
def plan_run(run: Run, refresh: bool) -> Plan:
    """What to measure and what is there already."""
    preflight(run.spec, run.results)
    plan = make_plan(run.spec, run.subject, lambda key: not refresh and is_cached(run.results, key))
    reused = len(plan.entries) - plan.missing
    show.stage("plan", f"{run.id}: {plan.missing} to measure, {reused} reused from {run.results}")
    return plan


def _server_for(plan: Plan, run: Run) -> AbstractContextManager[Session]:
    """A run with nothing to measure starts nothing."""
    return session(run) if plan.missing else reusing(run)
