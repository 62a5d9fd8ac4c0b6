"""The command `servegauge track`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS

ModeOption = Annotated[
    Literal["offline", "local", "online"] | None,
    typer.Option("--mode", help="SwanLab's mode instead of the one in the run's spec."),
]


def track(
    run: Annotated[str, typer.Argument(help=RUN_WORDS, metavar="RUN", autocompletion=complete.runs)] = "last",
    mode: ModeOption = None,
    mlflow: Annotated[
        str | None,
        typer.Option("--mlflow", help="MLflow server, instead of the one in the run's spec.", metavar="URI"),
    ] = None,
    results: ResultsOption = RESULTS,
) -> None:
    """Show a recorded run in its spec's trackers, once in each.

    A tracker that has the run already is left alone, also if the run was tracked when it ended.

    \b
    Examples:
      servegauge track last --mode online
      servegauge track last --mlflow http://mlflow.example:5000
      servegauge track 20261124-125149-smoke-f418
    """
    from flows.run.track_recorded import track_recorded
    from tasks.errors import ExecutionError
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    outcomes = track_recorded(store, run, mode, mlflow)
    for outcome in outcomes:
        if outcome.warning is None:
            where = outcome.url or outcome.folder
            verb = "was tracked before" if outcome.earlier else "is tracked"
            typer.echo(f"{verb} in {outcome.tracker} as {outcome.experiment_id}: {where}")
    failed = [outcome.warning for outcome in outcomes if outcome.warning]
    if failed:
        raise ExecutionError("; ".join(failed), "mend that, then run the command again")
