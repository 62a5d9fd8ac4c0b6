"""The command `servegauge worker`."""

from __future__ import annotations

from typing import Annotated

import typer


def worker(
    control: Annotated[bool, typer.Option("--control", help="For flows that use no GPU.")] = False,
) -> None:
    """Run this machine's worker against the server of PREFECT_API_URL: one run at a time."""
    from operate.worker import run_worker

    run_worker(control)
