"""The command `servegauge doctor`."""

from __future__ import annotations

import typer


def doctor() -> None:
    """Say what this machine can run, with a remedy for what it cannot."""
    from cli.doctor.diagnose import diagnose, lines_of

    diagnoses = diagnose()
    typer.echo("\n".join(lines_of(diagnoses)))
    if any(diagnosis.status == "broken" for diagnosis in diagnoses):
        raise typer.Exit(1)
