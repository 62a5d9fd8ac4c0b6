"""The command `servegauge blocks`."""

from __future__ import annotations

import typer


def blocks() -> None:
    """Register the block types (credentials, hub, results, host) on the server of PREFECT_API_URL."""
    from operate.block_types import register_blocks

    for name in register_blocks():
        typer.echo(name)
