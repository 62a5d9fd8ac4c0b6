"""What is watched beside a measurement: the server, its GPUs, and this machine."""

from __future__ import annotations

import httpx
import psutil

from tasks.probe.gpu_source import GpuSource, cards_of
from tasks.probe.http_client import loopback
from tasks.probe.machine_source import MachineSource, Pids
from tasks.probe.sampler import ServerSource, Source
from tasks.serve.endpoint import Endpoint


def sources(endpoint: Endpoint, server: Pids, cards: tuple[int, ...] = ()) -> tuple[Source, ...]:
    """All sources of a point.

    Args:
        endpoint: where the server answers.
        server: its processes, as far as they are known; their descendants are found.
        cards: the numbers of its GPUs; by default those on which it is seen to compute.
    """
    cards = cards or cards_of(server)
    gpus = (GpuSource(cards, server),) if cards else ()
    # A server of this machine that cannot be seen (another user's, in a container) would count as other load.
    hidden = loopback(httpx.URL(endpoint.url).host) and not server
    return (ServerSource(endpoint), *(() if hidden else (MachineSource(server),)), *gpus)


def listener(endpoint: Endpoint) -> Pids:
    """The processes that listen at an endpoint of this machine, as far as they can be seen from here."""
    url = httpx.URL(endpoint.url)
    if not loopback(url.host):
        return frozenset()
    try:
        found = psutil.net_connections("tcp")
    except psutil.Error:
        return frozenset()
    port = url.port or (443 if url.scheme == "https" else 80)
    pids = [each.pid for each in found if each.status == psutil.CONN_LISTEN and each.laddr[1:] == (port,)]
    return frozenset(pid for pid in pids if pid)
