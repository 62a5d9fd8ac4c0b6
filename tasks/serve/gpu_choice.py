"""Which GPUs a server is to use, and whether they are there and free enough."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import psutil

from tasks.config.server import OwnServer
from tasks.errors import InputError, ServerStartError
from tasks.serve.argv import VISIBLE
from tasks.serve.gpu import GPU

GIGABYTE = 10**9


def chosen_gpus(server: OwnServer, cards: Sequence[GPU]) -> tuple[GPU, ...]:
    """The GPUs that `server.gpus` names, or as many as its parallel sizes need, from the first that are ours.

    Of a spec that sets CUDA_VISIBLE_DEVICES itself, those; none where it names a slice of one. None on a
    machine without a GPU.

    Raises:
        InputError: a GPU is not there, stands twice, or their number does not fit the parallel sizes.
    """
    needed = server.gpus_needed
    if VISIBLE in server.env:
        if server.gpus is not None:
            raise InputError(f"server.env.{VISIBLE} and server.gpus are both set", "leave one of them out")
        return _set_by_hand(server.env, cards)
    cards = visible(cards)
    ids = tuple(card.index for card in cards[:needed]) if server.gpus is None else server.gpus
    if (cards or server.gpus is not None) and len(ids) != needed:
        have = f"server.gpus names {len(ids)}" if server.gpus is not None else f"this machine has {len(ids)}"
        raise InputError(
            f"the server needs {needed} GPUs, {have}",
            "make its parallel sizes (as tensor-parallel-size) and server.gpus agree",
        )
    return named_gpus(ids, cards)


def _set_by_hand(env: Mapping[str, str], cards: Sequence[GPU]) -> tuple[GPU, ...]:
    try:
        return visible(cards, env)
    except InputError:  # a slice: the driver has no whole card to lock for it
        return ()


def visible(cards: Sequence[GPU], env: Mapping[str, str] = os.environ) -> tuple[GPU, ...]:
    """Those that a scheduler has given to us, by number or by the beginning of their UUID; all without one.

    Raises:
        InputError: what it has given is no GPU of this machine, as a slice of one.
    """
    if VISIBLE not in env:
        return tuple(cards)
    found = []
    for name in filter(None, map(str.strip, env[VISIBLE].split(","))):
        if name == "-1":  # to CUDA the end of the list
            break
        card = next((card for card in cards if name == str(card.index) or _is(card, name)), None)
        if card is None:
            raise InputError(
                f"{VISIBLE} names {name!r}, which is no whole GPU of this machine",
                f"set {VISIBLE} to numbers or UUIDs of whole GPUs, as nvidia-smi -L gives them; "
                f"a slice (MIG) goes into server.env.{VISIBLE}",
            )
        found.append(card)
    return tuple(found)


def _is(card: GPU, name: str) -> bool:
    return name.startswith("GPU-") and card.uuid.startswith(name)


def named_gpus(ids: Sequence[int], cards: Sequence[GPU]) -> tuple[GPU, ...]:
    """Those of the machine's GPUs that have these numbers. Raises InputError for one that is not there."""
    known = {card.index: card for card in cards}
    if missing := [index for index in ids if index not in known]:
        there = ", ".join(f"{card.index} ({card.name})" for card in cards) or "none"
        raise InputError(f"server.gpus: there is no GPU {missing[0]}", f"this machine has: {there}")
    return tuple(known[index] for index in ids)


def check_free(server: OwnServer, cards: Sequence[GPU]) -> None:
    """Raises ServerStartError where a GPU has less memory free than the engine asks for; says whose it is."""
    for card in cards:
        if card.memory_total_bytes is None or card.memory_used_bytes is None:
            continue
        needed = card.memory_total_bytes * server.gpu_memory
        free = card.memory_total_bytes - card.memory_used_bytes
        if free < needed:
            raise ServerStartError(
                f"GPU {card.index} ({card.name}) has {free / GIGABYTE:.1f} of "
                f"{card.memory_total_bytes / GIGABYTE:.1f} GB free, {needed / GIGABYTE:.1f} GB are asked for"
                f"{users_of(card)}",
                f"end what uses it, choose others with server.gpus, or lower {server.memory_setting}",
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


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a process"
