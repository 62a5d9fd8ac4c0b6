"""The command `servegauge serve`."""

from __future__ import annotations

import typer

from cli.options import SetOption, SpecArgument


def serve(spec: SpecArgument, overrides: SetOption = None) -> None:
    """Start the server of SPEC, measure nothing.

    Its address is printed once it is ready. Ctrl-C stops it.

    \b
    Examples:
      servegauge serve smoke
      servegauge serve gpt-oss-20b --set server.port=8000
    """
    from operate.serve_alone import serve_alone
    from tasks.config.spec_file import load_spec

    serve_alone(load_spec(spec, overrides or ()), lambda text: typer.echo(text, err=True))
