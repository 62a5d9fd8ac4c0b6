"""Chooses the telemetry sources of a load point: the server, its GPUs and this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

import psutil

from tasks.probe.gpu_source import GpuSource, gpu_indices_of
from tasks.probe.machine_source import MachineSource
from tasks.probe.sampler import ServerSource, Source
from tasks.serve.endpoint import Endpoint

HTTPS_PORT = 443
HTTP_PORT = 80


def telemetry_sources(
    endpoint: Endpoint, server_pids: frozenset[int], gpu_indices: tuple[int, ...] = ()
) -> tuple[Source, ...]:
    """Return the sources to read during a load point.

    Args:
        endpoint: the server.
        server_pids: the server's process ids as far as they are known; its descendants are found.
        gpu_indices: the server's GPUs; by default those that its processes compute on.
    """
    sources: list[Source] = [ServerSource(endpoint)]
    # A server on this machine whose processes cannot be seen (another user's, in a container) would count as
    # the load of other processes.
    if server_pids or not endpoint.is_local:
        sources.append(MachineSource(server_pids))
    return (*sources, *gpu_sources(server_pids, gpu_indices))


def gpu_sources(
    server_pids: frozenset[int], gpu_indices: tuple[int, ...] = (), interval_s: float = 0.5
) -> tuple[Source, ...]:
    """Return the source that reads the server's GPUs; nothing if none is known to be the server's."""
    indices = gpu_indices or gpu_indices_of(server_pids)
    return (GpuSource(indices, server_pids, interval_s),) if indices else ()


def listening_pids(endpoint: Endpoint) -> frozenset[int]:
    """Return the processes that listen on the port of a local endpoint, as far as they can be seen."""
    if not endpoint.is_local:
        return frozenset()
    try:
        connections = psutil.net_connections("tcp")
    except psutil.Error:
        return frozenset()
    url = urlsplit(endpoint.url)
    port = url.port or (HTTPS_PORT if url.scheme == "https" else HTTP_PORT)
    pids = set()
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        if listens and connection.pid:
            pids.add(connection.pid)
    return frozenset(pids)
