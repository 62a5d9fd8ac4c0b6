"""The command `servegauge run`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption, SetOption, SpecArgument
from flows.parameters import RESULTS


def run(
    spec: SpecArgument,
    overrides: SetOption = None,
    results: ResultsOption = RESULTS,
    refresh: Annotated[bool, typer.Option("--refresh", help="Measure again what is recorded.")] = False,
) -> None:
    """Measure what SPEC describes; reuse what is recorded already."""
    from flows.run.preflight import preflight_command
    from tasks.config.results_location import results_location
    from tasks.config.spec_file import load_spec

    # Before Prefect is imported, which takes seconds: wrong input is reported within one.
    preflight_command(load_spec(spec, overrides or ()), results_location(results))
    from flows.run.run_from_terminal import run_from_terminal

    run_from_terminal(spec, overrides or [], results, refresh)
