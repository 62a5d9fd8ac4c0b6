"""The command `servegauge deploy`."""

from __future__ import annotations

import typer


def deploy() -> None:
    """Create or update the deployments on a Prefect server.

    The server is that of PREFECT_API_URL. What the deployments need is made too: work pools, block types,
    automations. `servegauge up` does this by itself.

    \b
    Example:
      PREFECT_API_URL=http://127.0.0.1:4200/api servegauge deploy
    """
    from operate.deploy import deploy_all

    for line in deploy_all():
        typer.echo(line)
