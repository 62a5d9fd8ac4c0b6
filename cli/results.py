"""The command `servegauge results`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS


class Format(StrEnum):
    """Output formats."""

    table = "table"
    json = "json"
    csv = "csv"


TableArgument = Annotated[
    str,
    typer.Argument(
        help="runs, points, knees, checks, requests, scores, samples or telemetry.",
        metavar="TABLE",
        autocompletion=complete.tables,
    ),
]
RunOption = Annotated[
    str | None,
    typer.Option("--run", help=f"Only this run. {RUN_WORDS}", metavar="RUN", autocompletion=complete.runs),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help='Only rows for which this holds, as verdict=valid or "concurrency>=10" (quoted, because of the '
        "shell); = != < <= > >=. Repeatable: all must hold.",
        metavar="CONDITION",
    ),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Columns to print, separated by commas; `all` for every one. JSON and CSV have all by default.",
        metavar="NAMES",
    ),
]

PercentilesOption = Annotated[
    str | None,
    typer.Option(
        "--percentiles",
        help="Print P50, P90, P95 and P99 of these columns instead of rows; of requests, only measured ones "
        "that succeeded count.",
        metavar="NAMES",
    ),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Columns that --percentiles groups by; `run` and `load`, the default, are short for theirs.",
        metavar="NAMES",
    ),
]


def results(
    table: TableArgument = "runs",
    run: RunOption = None,
    where: WhereOption = None,
    columns: ColumnsOption = None,
    percentiles: PercentilesOption = None,
    by: ByOption = None,
    output_format: Annotated[
        Format, typer.Option("--format", help="How the table is printed.")
    ] = Format.table,
    results: ResultsOption = RESULTS,
) -> None:
    """Print one of the results tables.

    \b
    Examples:
      servegauge results points --run last
      servegauge results points --where verdict=valid --where "concurrency>=10"
      servegauge results requests --run last --columns index,ttft_s,error
      servegauge results points --format csv > points.csv
      servegauge results requests --percentiles ttft_s --by run,load
    """
    from tasks.record.export import Choice, export_table, table_name
    from tasks.record.named_run import find_run
    from tasks.record.no_rows import why_no_rows
    from tasks.report.open_results import open_results

    name = table_name(table)
    store = open_results(results, lambda message: typer.echo(message, err=True))
    choice = Choice(
        run=find_run(store, run) if run is not None else None,
        where=tuple(where or ()),
        columns=_names(columns),
        percentiles=_names(percentiles),
        by=_names(by),
    )
    exported = export_table(store, name, output_format.value, choice)
    typer.echo(exported.text, nl=output_format is not Format.csv)
    if not exported.rows:
        typer.echo(why_no_rows(store, name, choice), err=True)
    elif columns is None and exported.columns < exported.all_columns:
        shown = f"{exported.columns} of {exported.all_columns} columns"
        typer.echo(f"{shown}; --columns all prints every one", err=True)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text is not None else ()
