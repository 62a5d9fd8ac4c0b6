"""Arguments and options that several commands share. `--results` has the same default as in the flows."""

from __future__ import annotations

from typing import Annotated

import typer

SpecArgument = Annotated[str, typer.Argument(help="A bundled spec's name or a YAML file.", metavar="SPEC")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Override a field: path.to.field=value, such as sweeps.0.repeats=3; repeatable."
    ),
]
ResultsOption = Annotated[str, typer.Option("--results", help="Folder or s3:// address of the tables.")]
