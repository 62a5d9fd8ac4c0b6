"""The command `servegauge import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS


def import_results(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Results of EvalScope perf and eval, vllm bench serve, GuideLLM, AIPerf, SGLang, "
            "inference-perf or MLPerf Endpoints.",
            metavar="FILE...",
        ),
    ],
    results: ResultsOption = RESULTS,
    sweep: Annotated[
        str, typer.Option("--sweep", help="Sweep to record the loads under; compare pairs equal names.")
    ] = "throughput",
) -> None:
    """Record the results of another load generator.

    The figures keep the tool's definitions, and each point is `suspect`: nothing of servegauge confirms it.
    Scores of `evalscope eval` come from its folder, with the answers where these lie beside the reports.
    `servegauge compare` names where the definitions of two runs differ.

    \b
    Examples:
      servegauge import vllm.json
      servegauge import outputs/20261126_120000/NAME/parallel_10_number_100
      servegauge import outputs/20261126_130000
      servegauge compare RUN RUN
    """
    from tasks.config.results_location import results_location
    from tasks.exchange.import_run import import_file
    from tasks.record.store import Store

    store = Store(results_location(results))
    known = set(store.run_ids())
    for file in files:
        run = import_file(file, sweep, store)
        typer.echo(f"{run.run_id}: {file}{' (recorded already)' if run.run_id in known else ''}")
        known.add(run.run_id)
