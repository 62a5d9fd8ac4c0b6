"""The command `servegauge doctor`."""

from __future__ import annotations

import typer


def doctor() -> None:
    """Say what this machine can run, with a remedy for what it cannot."""
    from cli.doctor.machine import findings, lines

    found = findings()
    typer.echo("\n".join(lines(found)))
    if any(diagnosis.grade == "broken" for diagnosis in found):
        raise typer.Exit(1)
