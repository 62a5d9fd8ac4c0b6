"""Locks a server's GPUs while it runs, and reports GPU memory that is not free after the server's end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tasks.config.base import Frozen
from tasks.config.server import ManagedServer
from tasks.errors import ServerStartError
from tasks.provision.provisioned import Environment
from tasks.serve.gpu import GPU, list_gpus
from tasks.serve.gpu_choice import check_free_memory, chosen_gpus, users_of
from tasks.serve.lock_file import lock_folder, lock_or_holder, write_holder
from tasks.text import gigabytes

MEMORY_CHECKS = 20
"""Maximum readings of GPU memory after the server's end, one per second, until the memory is free."""
SLACK_BYTES = 512 * 2**20
"""Bytes by which usage may exceed that before the start and still count as freed."""


class Lease(Frozen):
    """The locked GPUs of one server. `locks`: open files; a process that inherits one keeps the lock."""

    gpus: tuple[GPU, ...] = ()
    locks: tuple[int, ...] = ()


def lease_for(
    server: ManagedServer, environment: Environment, warn: Callable[[str], None]
) -> AbstractContextManager[Lease]:
    """Lock the server's GPUs as `lock_gpus` does; an engine for CPUs gets an empty lease."""
    if environment.build.device == "cpu":
        return nullcontext(Lease())
    return lock_gpus(server, warn)


@contextmanager
def lock_gpus(
    server: ManagedServer,
    warn: Callable[[str], None],
    *,
    nvml: Any = None,
    folder: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Lease]:
    """Lock the server's GPUs for the duration of the block. Stop the server before the block ends.

    Args:
        server: the spec's server.
        warn: called with a message for each GPU whose memory is not free after the server's end.
        nvml: the pynvml module or a test double.
        folder: where the lock files are; by default `lock_folder`.
        sleep: replaced in tests.

    Raises:
        InputError: a GPU does not exist, or their number does not fit.
        ServerStartError: another run has locked one, or it has too little free memory.
    """
    gpus = chosen_gpus(server, list_gpus(nvml))
    with ExitStack() as stack:
        locks = tuple(stack.enter_context(_locked(gpu, folder or lock_folder())) for gpu in gpus)
        check_free_memory(server, gpus)
        checks = MEMORY_CHECKS
        try:
            yield Lease(gpus=gpus, locks=locks)
        except Exception:
            raise
        except BaseException:
            checks = 1  # an interrupt: check once, because the user is waiting
            raise
        finally:
            for message in _memory_not_freed(gpus, nvml, sleep, checks):
                warn(message)


@contextmanager
def _locked(gpu: GPU, folder: Path) -> Iterator[int]:
    """Lock a GPU's file; the kernel unlocks it when the last process that holds it open has ended."""
    path = folder / f"servegauge-{gpu.uuid}.lock"
    try:
        file, holder = lock_or_holder(path)
    except OSError as error:
        raise ServerStartError(
            f"GPU {gpu.index} ({gpu.name}) cannot be locked: {path}: {error.strerror}", f"remove {path}"
        ) from None
    if file is None:
        raise ServerStartError(
            f"GPU {gpu.index} ({gpu.name}) is locked by another run{f' ({holder})' if holder else ''}",
            "wait until that run ends, or choose other GPUs with server.gpus",
        )
    try:
        write_holder(file, f"pid {os.getpid()}")
        yield file
    finally:
        os.close(file)  # this does not unlock while the guardian has it open, that is, while the server runs


def _memory_not_freed(
    gpus_before: Sequence[GPU], nvml: Any, sleep: Callable[[float], None], checks: int
) -> list[str]:
    """Return a message for each GPU that uses more memory than before, after at most `checks` readings."""
    used_before = {gpu.index: gpu.memory_used_bytes or 0 for gpu in gpus_before}
    excess_bytes: dict[GPU, int] = {}
    for check in range(checks if used_before else 0):
        if check:
            sleep(1.0)
        gpus = [gpu for gpu in list_gpus(nvml) if gpu.index in used_before]
        missing = len(used_before) - len(gpus)
        if missing:
            return [f"the driver no longer reports whether the memory of {missing} GPUs is free again"]
        excess_bytes = {gpu: (gpu.memory_used_bytes or 0) - used_before[gpu.index] for gpu in gpus}
        if max(excess_bytes.values()) <= SLACK_BYTES:
            return []
    return [
        f"GPU {gpu.index}: {gigabytes(size_bytes)} are not free again after the server's end{users_of(gpu)}"
        for gpu, size_bytes in excess_bytes.items()
        if size_bytes > SLACK_BYTES
    ]
