"""One run at a time on a machine's GPUs: a place kept by Prefect's server, freed when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.concurrency.sync import concurrency
from prefect.settings import PREFECT_API_URL

from flows.ui import console
from operate.work_pool import gpu_slot_name

LEASE_S = 60.0
"""A killed holder's place is free after this; Prefect takes no shorter lease."""


@contextmanager
def gpu_slot() -> Iterator[None]:
    """Wait for the machine's place and hold it; without a shared server there is nobody to wait for."""
    if not PREFECT_API_URL.value():
        yield
        return
    name = gpu_slot_name()
    console.stage("place", f"waits for {name}")
    # Where the limit was never made, the run goes on without; the same where the server is away for a while.
    with concurrency(name, occupy=1, lease_duration=LEASE_S, raise_on_lease_renewal_failure=False):
        yield
