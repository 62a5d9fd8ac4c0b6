"""The command `servegauge run`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption, SetOption, SpecArgument
from tasks.config.results_location import RESULTS


def run(
    spec: SpecArgument,
    overrides: SetOption = None,
    results: ResultsOption = RESULTS,
    refresh: Annotated[bool, typer.Option("--refresh", help="Measure again what is recorded.")] = False,
    resume: Annotated[
        str,
        typer.Option(
            metavar="RUN|last",
            help="Go on with an earlier run of the same server. last: the newest run of SPEC.",
        ),
    ] = "",
) -> None:
    """Measure what SPEC describes, and print the report.

    What is recorded already is not measured again. Ctrl-C stops the run, and the next one measures the rest.

    \b
    Examples:
      servegauge run smoke
      servegauge run gpt-oss-20b --set sweeps.0.repeats=3
      servegauge run my.yaml --results my-results
      servegauge run endpoint --resume last
    """
    from flows.run.run_from_terminal import run_from_terminal

    run_from_terminal(spec, overrides or [], results, refresh, resume)
