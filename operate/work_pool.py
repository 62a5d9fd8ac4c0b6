"""The names of the work pool and its queues, as prefect.yaml has them."""

from __future__ import annotations

import os
import re
import socket

POOL = "gpu"
TAG = "servegauge"
"""Every deployment and run of servegauge has it: tells them from other flows on a server."""
CONTROL = "control"
"""The queue of flows that take no GPU: they wait for runs, or read tables."""


def host_queue(host: str | None = None) -> str:
    """The queue of one machine's runs; `default` is for whichever machine is free."""
    name = os.environ.get("SERVEGAUGE_HOST") or host or socket.gethostname()
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def gpu_slot_name() -> str:
    """The global concurrency limit of this machine's GPUs."""
    return f"gpu-{host_queue()}"
