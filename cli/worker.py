"""The command `servegauge worker`."""

from __future__ import annotations

from typing import Annotated

import typer


def worker(
    control: Annotated[
        bool, typer.Option("--control", help="Take the runs that use no GPU, such as comparisons.")
    ] = False,
) -> None:
    """Take runs from a Prefect server, one at a time.

    The server is that of PREFECT_API_URL. Without --control, the worker takes the runs that measure on this
    machine. `servegauge up` starts both kinds.

    \b
    Example:
      PREFECT_API_URL=http://control-host:4200/api servegauge worker
    """
    from operate.worker import run_worker

    run_worker(control)
