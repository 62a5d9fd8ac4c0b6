"""The GPU slot of a machine: Prefect's server grants it to one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.concurrency.sync import concurrency

from flows.run.own_prefect_server import shared_api_url
from flows.ui import console
from operate.work_pool import gpu_slot_name, host_queue

LEASE_S = 60.0
"""The slot of a killed run is free after this time; Prefect allows no shorter lease."""


@contextmanager
def gpu_slot() -> Iterator[None]:
    """Wait for this machine's GPU slot and hold it inside the block. Without a shared server no run waits."""
    if shared_api_url() is None:
        yield
        return
    console.stage("queue", f"waiting for the GPU slot of {host_queue()}")
    # The run continues without a slot if the concurrency limit was never created, or if the server cannot
    # be reached for a while.
    with concurrency(gpu_slot_name(), occupy=1, lease_duration=LEASE_S, raise_on_lease_renewal_failure=False):
        console.stage("queue", f"holds the GPU slot of {host_queue()}")
        yield
