"""Arguments and options that several commands share. `--results` has the same default as in the flows."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import complete

RUN_WORDS = "A run's id, the beginning or end of one, `last`, or `previous`: the one before of the same kind."
SpecArgument = Annotated[
    str,
    typer.Argument(
        help="A bundled spec (`servegauge specs` lists them) or a YAML file.",
        metavar="SPEC",
        autocompletion=complete.specs,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Override a field of the spec, as sweeps.0.repeats=3; repeatable.",
        metavar="FIELD=VALUE",
    ),
]
ResultsOption = Annotated[
    str, typer.Option("--results", help="Folder or s3:// address of the results.", metavar="DIR")
]
