"""The command `servegauge serve`."""

from __future__ import annotations

import typer

from cli.options import SetOption, SpecArgument
from tasks.config.spec_file import load_spec


def serve(spec: SpecArgument, overrides: SetOption = None) -> None:
    """Start the server of SPEC alone and stop it on Ctrl-C."""
    from operate.serve_alone import serve_alone

    serve_alone(load_spec(spec, overrides or ()), lambda text: typer.echo(text, err=True))
