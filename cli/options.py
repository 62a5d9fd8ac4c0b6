"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from typing import Annotated

import typer

SpecArgument = Annotated[str, typer.Argument(help="A bundled spec's name or a YAML file.", metavar="SPEC")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="path.to.field=value, as sweeps.0.repeats=3; repeatable.")
]
ResultsOption = Annotated[str, typer.Option("--results", help="Folder or s3:// address of the tables.")]
RESULTS = os.environ.get("SERVEGAUGE_RESULTS", "results")
"""The default of --results."""
