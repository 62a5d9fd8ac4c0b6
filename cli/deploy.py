"""The command `servegauge deploy`."""

from __future__ import annotations

import typer


def deploy() -> None:
    """Make the work pool, the deployments and the automations on the server of PREFECT_API_URL."""
    from operate.deploy import deploy_all

    for line in deploy_all():
        typer.echo(line)
