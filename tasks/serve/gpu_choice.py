"""Which GPUs a server is to use, and whether they are there and free enough."""

from __future__ import annotations

from collections.abc import Sequence

import psutil

from tasks.config.server import ArgValue, VllmServer
from tasks.errors import InputError, ServerStartError
from tasks.serve.gpu import GPU

VISIBLE = "CUDA_VISIBLE_DEVICES"
PARALLEL = ("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size")
UTILIZATION = 0.9
"""vLLM's own default of gpu-memory-utilization."""
GIGABYTE = 10**9


def chosen_gpus(server: VllmServer, cards: Sequence[GPU]) -> tuple[GPU, ...]:
    """The GPUs that `server.gpus` names, or as many as its parallel sizes need, from the first on.

    None for a spec that sets CUDA_VISIBLE_DEVICES itself, and on a machine without a GPU.

    Raises:
        InputError: a GPU is not there, stands twice, or their number does not fit the parallel sizes.
    """
    needed = _needed(server)
    if VISIBLE in server.env:
        if server.gpus is not None:
            raise InputError(f"server.env.{VISIBLE} and server.gpus are both set", "leave one of them out")
        return ()
    ids = tuple(card.index for card in cards[:needed]) if server.gpus is None else server.gpus
    if (cards or server.gpus is not None) and len(ids) != needed:
        have = f"server.gpus names {len(ids)}" if server.gpus is not None else f"this machine has {len(ids)}"
        sizes = " x ".join(name for name in PARALLEL if name in _plain(server.args)) or PARALLEL[0]
        raise InputError(f"{sizes} needs {needed} GPUs, {have}", f"make {PARALLEL[0]} and server.gpus agree")
    known = {card.index: card for card in cards}
    if missing := [index for index in ids if index not in known]:
        there = ", ".join(f"{card.index} ({card.name})" for card in cards) or "none"
        raise InputError(f"server.gpus: there is no GPU {missing[0]}", f"this machine has: {there}")
    return tuple(known[index] for index in ids)


def check_free(server: VllmServer, cards: Sequence[GPU]) -> None:
    """Raises ServerStartError where a GPU has less memory free than the engine asks for; says whose it is."""
    share = _plain(server.args).get("gpu-memory-utilization")
    for card in cards:
        if card.memory_total_bytes is None or card.memory_used_bytes is None:
            continue
        needed = card.memory_total_bytes * (float(share) if isinstance(share, int | float) else UTILIZATION)
        free = card.memory_total_bytes - card.memory_used_bytes
        if free < needed:
            raise ServerStartError(
                f"GPU {card.index} ({card.name}) has {free / GIGABYTE:.1f} of "
                f"{card.memory_total_bytes / GIGABYTE:.1f} GB free, {needed / GIGABYTE:.1f} GB are asked for"
                f"{users_of(card)}",
                "end what uses it, choose others with server.gpus, "
                "or lower server.args.gpu-memory-utilization",
            )


def users_of(card: GPU) -> str:
    """`; NAME (pid N) uses it`, for each process that computes there; empty where none can be seen."""
    users = [f"{_name(pid)} (pid {pid})" for pid in card.pids]
    return f"; in use by {', '.join(users)}" if users else ""


def gpu_variables(cards: Sequence[GPU]) -> dict[str, str]:
    """What makes CUDA see these alone, numbered as the driver numbers them."""
    if not cards:
        return {}
    return {VISIBLE: ",".join(str(card.index) for card in cards), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def _needed(server: VllmServer) -> int:
    args, product = _plain(server.args), 1
    for name in PARALLEL:
        size = args.get(name)
        product *= size if isinstance(size, int) and not isinstance(size, bool) else 1
    return product


def _plain(args: dict[str, ArgValue]) -> dict[str, ArgValue]:
    return {name.replace("_", "-"): value for name, value in args.items()}


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a process"
