"""Chooses the GPUs of a server, and checks that they exist and have enough free memory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import psutil

from tasks.config.server import ManagedServer
from tasks.errors import InputError, ServerStartError
from tasks.serve.argv import CUDA_VISIBLE_DEVICES
from tasks.serve.gpu import GPU
from tasks.text import GIGABYTE


def chosen_gpus(server: ManagedServer, gpus: Sequence[GPU]) -> tuple[GPU, ...]:
    """Return the GPUs for a server, out of all `gpus` of the machine.

    If the spec sets CUDA_VISIBLE_DEVICES, return the GPUs that it names, or none if it names a MIG slice.
    Otherwise return the GPUs in `server.gpus`, or as many of the first visible GPUs as the parallel sizes
    need. Without a GPU on the machine the result is empty.

    Raises:
        InputError: a GPU does not exist, is named twice, or their number does not fit the parallel sizes.
    """
    if CUDA_VISIBLE_DEVICES in server.env:
        if server.gpus is not None:
            raise InputError(
                f"server.env.{CUDA_VISIBLE_DEVICES} and server.gpus are both set", "leave one of them out"
            )
        return _gpus_of_spec(server.env, gpus)
    available = visible_gpus(gpus)
    if server.gpus is None:
        indices = tuple(gpu.index for gpu in available[: server.gpus_needed])
    else:
        indices = server.gpus
    if available or server.gpus is not None:
        _check_count(server, len(indices))
    return named_gpus(indices, available)


def _check_count(server: ManagedServer, count: int) -> None:
    if count != server.gpus_needed:
        counted = "this machine has" if server.gpus is None else "server.gpus names"
        raise InputError(
            f"the server needs {server.gpus_needed} GPUs, {counted} {count}",
            "make its parallel sizes (such as tensor-parallel-size) and server.gpus agree",
        )


def _gpus_of_spec(env: Mapping[str, str], gpus: Sequence[GPU]) -> tuple[GPU, ...]:
    try:
        return visible_gpus(gpus, env)
    except InputError:  # a MIG slice, for which no whole GPU can be locked
        return ()


def visible_gpus(gpus: Sequence[GPU], env: Mapping[str, str] = os.environ) -> tuple[GPU, ...]:
    """Return the GPUs that CUDA_VISIBLE_DEVICES names, by index or start of UUID; all GPUs if it is not set.

    Raises:
        InputError: CUDA_VISIBLE_DEVICES names something that is not a whole GPU of this machine.
    """
    if CUDA_VISIBLE_DEVICES not in env:
        return tuple(gpus)
    visible = []
    for part in env[CUDA_VISIBLE_DEVICES].split(","):
        name = part.strip()
        if name == "-1":  # CUDA ignores everything after it
            break
        if name:
            visible.append(_gpu_named(name, gpus))
    return tuple(visible)


def _gpu_named(name: str, gpus: Sequence[GPU]) -> GPU:
    for gpu in gpus:
        if name == str(gpu.index) or (name.startswith("GPU-") and gpu.uuid.startswith(name)):
            return gpu
    raise InputError(
        f"{CUDA_VISIBLE_DEVICES} names {name!r}, which is no whole GPU of this machine",
        f"set {CUDA_VISIBLE_DEVICES} to numbers or UUIDs of whole GPUs, as nvidia-smi -L gives them; "
        f"a slice (MIG) goes into server.env.{CUDA_VISIBLE_DEVICES}",
    )


def named_gpus(indices: Sequence[int], gpus: Sequence[GPU]) -> tuple[GPU, ...]:
    """Return the GPUs with these indices, in that order.

    Raises:
        InputError: a GPU does not exist; the message lists those that do.
    """
    by_index = {gpu.index: gpu for gpu in gpus}
    for index in indices:
        if index not in by_index:
            existing = ", ".join(f"{gpu.index} ({gpu.name})" for gpu in gpus) or "none"
            raise InputError(f"server.gpus: there is no GPU {index}", f"this machine has: {existing}")
    return tuple(by_index[index] for index in indices)


def check_free_memory(server: ManagedServer, gpus: Sequence[GPU]) -> None:
    """Check that each GPU has as much free memory as the engine will reserve.

    Raises:
        ServerStartError: a GPU has less; the message names the processes on it.
    """
    for gpu in gpus:
        total, used = gpu.memory_total_bytes, gpu.memory_used_bytes
        if total is None or used is None:
            continue
        needed, free = total * server.gpu_memory, total - used
        if free < needed:
            raise ServerStartError(
                f"GPU {gpu.index} ({gpu.name}) has {free / GIGABYTE:.1f} of {total / GIGABYTE:.1f} GB free, "
                f"{needed / GIGABYTE:.1f} GB are needed{users_of(gpu)}",
                f"stop what runs on it, choose other GPUs with server.gpus, or lower {server.memory_setting}",
            )


def users_of(gpu: GPU) -> str:
    """Return `; in use by NAME (pid N), …` for the processes on a GPU; empty if none is visible."""
    users = [f"{_process_name(pid)} (pid {pid})" for pid in gpu.pids]
    return f"; in use by {', '.join(users)}" if users else ""


def gpu_variables(gpus: Sequence[GPU]) -> dict[str, str]:
    """Return the variables that make CUDA see only these GPUs, numbered as nvidia-smi does."""
    if not gpus:
        return {}
    return {
        CUDA_VISIBLE_DEVICES: ",".join(str(gpu.index) for gpu in gpus),
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    }


def _process_name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a process"
