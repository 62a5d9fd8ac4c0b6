"""Plans a run without Prefect, and answers `servegauge run` where every figure is recorded already."""

from __future__ import annotations

from flows.run.own_prefect_server import may_name_a_server
from flows.run.pipeline import plan_of, run_pipeline
from flows.run.run_identity import Run, new_run
from flows.ui.console import show_on_terminal
from tasks.config.base import Frozen
from tasks.config.block_names import Blocks
from tasks.config.results_location import CACHE, ResultsLocation
from tasks.config.spec import Spec
from tasks.plan.plan import Plan
from tasks.record import bucket_sync


class PlannedRun(Frozen):
    """A run and its plan."""

    run: Run
    plan: Plan


def needs_prefect(spec: Spec) -> bool:
    """Return whether only a flow can plan a run: its spec names blocks, or it belongs in a server's UI."""
    return spec.blocks != Blocks() or may_name_a_server()


def planned_run(spec: Spec, results: ResultsLocation, refresh: bool = False, resume: str = "") -> PlannedRun:
    """Plan a run that needs no Prefect for that, after `preflight`. Raises as `new_run`."""
    run = new_run(spec, results, resume)
    bucket_sync.download(run.results, CACHE)
    return PlannedRun(run=run, plan=plan_of(run, refresh))


def report_recorded_run(planned: PlannedRun) -> None:
    """Record, track and report a run that measures nothing."""
    with show_on_terminal():
        run_pipeline(planned.run, refresh=False, plan=planned.plan)
