"""The command `servegauge export run`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS


class Form(StrEnum):
    """The tools whose files can be written: the keys of WRITERS."""

    evalscope = "evalscope"
    vllm = "vllm"
    mlperf = "mlperf"


def export_run(
    run: Annotated[str, typer.Argument(help=RUN_WORDS, metavar="RUN", autocompletion=complete.runs)] = "last",
    form: Annotated[
        Form, typer.Option("--as", help="EvalScope perf, vllm bench serve or MLPerf Endpoints.")
    ] = Form.vllm,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the files; RUN-NAME by default.", metavar="DIR")
    ] = None,
    sweep: Annotated[str | None, typer.Option("--sweep", help="Only this sweep.")] = None,
    results: ResultsOption = RESULTS,
) -> None:
    """Write a run's load points as files of another tool.

    The figures keep servegauge's definitions, which the files name; `servegauge import` reads them back as
    such. A point that is invalid is left out.

    \b
    Examples:
      servegauge export run last --as vllm
      servegauge export run last --as mlperf --to submission --sweep throughput
    """
    from tasks.exchange.export_run import export_run as export
    from tasks.record.named_run import find_run
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    run_id = find_run(store, run)
    exported = export(store, run_id, form.value, to or Path(f"{run_id}-{form.value}"), sweep)
    for file in exported.files:
        typer.echo(str(file))
    for note in exported.notes:
        typer.echo(note, err=True)
