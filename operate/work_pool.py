"""Names on the Prefect server that prefect.yaml and the code share: work pool, queues, tag, GPU slot."""

from __future__ import annotations

import os
import re
import socket

POOL = "gpu"
TAG = "servegauge"
"""A tag of every deployment and run of servegauge; the server may have other flows."""
CONTROL = "control"
"""The queue of flows that use no GPU: they wait for other runs, or read tables."""


def host_queue() -> str:
    """Return the queue of this machine's runs: SERVEGAUGE_HOST, or else the host name."""
    name = os.environ.get("SERVEGAUGE_HOST") or socket.gethostname()
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def gpu_slot_name() -> str:
    """Return the name of the Prefect concurrency limit that is this machine's GPU slot."""
    return f"gpu-{host_queue()}"
