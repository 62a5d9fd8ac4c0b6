"""The whole pipeline: plan, provision, serve, probe, measure, record, track, report."""

from __future__ import annotations

from contextlib import AbstractContextManager

from prefect import flow, task
from prefect.runtime import flow_run

from flows import form, show, story
from flows.accuracy import evaluate
from flows.caching import is_cached, mirrored
from flows.credentials import with_blocks
from flows.ending import finish, recorded_run
from flows.place import place
from flows.preflight import preflight
from flows.progress import progress
from flows.run import Run, new_run
from flows.session import Session, reusing, session
from flows.sweep import sweep
from flows.watch import watched
from tasks.config.place import Place, place_of
from tasks.config.spec import Spec
from tasks.plan.plan import Plan, make_plan


def _title() -> str:
    given = flow_run.parameters
    return form.run_title(given["spec"], given["only"], given["model"])


@flow(name="benchmark", flow_run_name=_title, log_prints=False)
def benchmark(
    spec: form.SpecChoice = "smoke",
    only: form.Only = "everything",
    model: form.ModelChoice = None,
    concurrency: form.Concurrency = None,
    requests: form.Requests = None,
    reasoning_effort: form.Effort = None,
    repeats: form.Repeats = None,
    overrides: form.Overrides = None,
    results: form.Results = form.RESULTS,
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
    changes = form.Changes(
        only=only,
        model=model,
        concurrency=concurrency,
        requests=requests,
        reasoning_effort=reasoning_effort,
        repeats=repeats,
    )
    with story.told() as tell:
        return measure(form.chosen(spec, changes, overrides), place_of(results), refresh, tell)


def measure(spec: Spec, results: Place, refresh: bool, tell: story.Tell) -> str:
    """The pipeline, inside whatever flow calls it; returns the run's id."""
    with watched(), place(), with_blocks(spec, results) as (spec, results):
        run = tell(new_run(spec, results))
        with mirrored(run), recorded_run(run) as warnings:
            plan = plan_run(run, refresh)
            with _server_for(plan, run, warnings) as server, progress(plan.missing):
                speed = sweep(plan, run, server, refresh)
                accuracy = evaluate(plan, run, server, refresh)
            return finish(run, speed, accuracy, warnings)


@task(name="plan", task_run_name="plan")
def plan_run(run: Run, refresh: bool) -> Plan:
    """What to measure and what is there already."""
    preflight(run.spec, run.results)
    plan = make_plan(run.spec, run.subject, lambda key: not refresh and is_cached(run.results, key))
    reused = len(plan.entries) - plan.missing
    searches = "".join(f", searches what saturates {entry.sweep.name}" for entry in plan.searches)
    show.stage("plan", f"{run.id}: {plan.missing} to measure, {reused} reused from {run.results}{searches}")
    story.reusing(run, reused, len(plan.entries))
    return plan


def _server_for(plan: Plan, run: Run, warnings: list[str]) -> AbstractContextManager[Session]:
    """A run with nothing to measure starts nothing."""
    return session(run, warnings) if plan.missing else reusing(run)
