"""Answers `servegauge run` without Prefect where every figure is recorded already."""

from __future__ import annotations

from flows.run.own_prefect_server import may_name_a_server
from flows.run.pipeline import plan_of, run_pipeline
from flows.run.run_identity import new_run
from flows.ui.console import show_on_terminal
from tasks.config.block_names import Blocks
from tasks.config.results_location import CACHE, ResultsLocation
from tasks.config.spec import Spec
from tasks.record import bucket_sync


def report_recorded_run(spec: Spec, results: ResultsLocation, resume: str = "") -> bool:
    """Record, track and report a run that reuses every figure. Return False if there is something to measure.

    Also returns False, and does nothing, if the spec or Prefect's settings need Prefect: the spec names
    blocks, or the run belongs in the UI of a server.
    """
    if spec.blocks != Blocks() or may_name_a_server():
        return False
    run = new_run(spec, results, resume)
    bucket_sync.download(run.results, CACHE)
    if plan_of(run, refresh=False).missing:
        return False
    with show_on_terminal():
        run_pipeline(run, refresh=False)
    return True
