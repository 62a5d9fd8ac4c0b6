"""The command `servegauge blocks`."""

from __future__ import annotations

import typer


def blocks() -> None:
    """Register the block types on a Prefect server.

    The server is that of PREFECT_API_URL. The types hold the credentials of SwanLab, MLflow, a
    model hub and a running server, a results location and a serving host. `servegauge deploy` does this too.
    """
    from operate.block_types import register_blocks

    for name in register_blocks():
        typer.echo(name)
