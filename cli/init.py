"""The command `servegauge init`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import complete


def init(
    file: Annotated[str, typer.Argument(help="The file to write; it must not exist.", metavar="NAME.yaml")],
    source: Annotated[
        str,
        typer.Option(
            "--from",
            help="The spec to copy: a bundled one (`servegauge specs` lists them) or a YAML file.",
            metavar="SPEC",
            autocompletion=complete.specs,
        ),
    ] = "smoke",
) -> None:
    """Write a commented spec to edit.

    The file has every field of a spec with its description: those that SPEC sets, and the others at their
    defaults, commented out.

    \b
    Examples:
      servegauge init my.yaml
      servegauge init --from endpoint my-server.yaml
      servegauge run my-server.yaml
    """
    from tasks.config.new_spec import init_spec

    written = init_spec(file, source)
    typer.echo(f"wrote {written}; edit it, then: servegauge run {file}")
