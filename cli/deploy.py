"""The command `servegauge deploy`."""

from __future__ import annotations

import typer


def deploy() -> None:
    """Create or update the deployments and what they need on the server of PREFECT_API_URL."""
    from operate.deploy import deploy_all

    for line in deploy_all():
        typer.echo(line)
