"""The NVIDIA GPUs of this machine, as the driver describes them."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from tasks.config.base import Frozen


class GPU(Frozen):
    """One GPU.

    Attributes:
        index: its number in nvidia-smi.
        memory_total_bytes: total memory; None if the driver does not report it (memory shared with the host).
        memory_used_bytes: memory in use; None as for `memory_total_bytes`.
        driver: the driver's version.
        pids: the processes that compute on it now.
    """

    index: int
    uuid: str
    name: str
    memory_total_bytes: int | None
    memory_used_bytes: int | None
    driver: str
    pids: tuple[int, ...]


def list_gpus(nvml: Any = None) -> tuple[GPU, ...]:
    """Return every GPU of the machine; empty without an NVIDIA driver. `nvml`: pynvml or a test double."""
    if nvml is None:
        nvml = import_module("pynvml")
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return ()
    try:
        driver = _text(nvml.nvmlSystemGetDriverVersion())
        return tuple(_read_gpu(nvml, index, driver) for index in range(nvml.nvmlDeviceGetCount()))
    except nvml.NVMLError:
        return ()
    finally:
        with suppress(nvml.NVMLError):
            nvml.nvmlShutdown()


def _read_gpu(nvml: Any, index: int, driver: str) -> GPU:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    total = used = None
    with suppress(nvml.NVMLError):
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        total, used = int(memory.total), int(memory.used)
    pids: tuple[int, ...] = ()
    with suppress(nvml.NVMLError):
        pids = tuple(sorted(process.pid for process in nvml.nvmlDeviceGetComputeRunningProcesses(handle)))
    return GPU(
        index=index,
        uuid=_text(nvml.nvmlDeviceGetUUID(handle)),
        name=_text(nvml.nvmlDeviceGetName(handle)),
        memory_total_bytes=total,
        memory_used_bytes=used,
        driver=driver,
        pids=pids,
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
