"""A test double of pynvml: GPUs of 80 GB whose used memory and processes a test sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

GIGABYTE = 10**9


class Nvml:
    """GPUs numbered from 0. `used_gb`: used gigabytes of each; `pids`: the processes on every one."""

    class NVMLError(Exception):
        """The library's own error."""

    def __init__(self, *used_gb: float, pids: tuple[int, ...] = ()) -> None:
        self.used_gb, self.pids = list(used_gb), pids

    def __getattr__(self, name: str) -> Any:
        calls: dict[str, Any] = {
            "nvmlInit": lambda: None,
            "nvmlShutdown": lambda: None,
            "nvmlSystemGetDriverVersion": lambda: "580.65",
            "nvmlDeviceGetCount": lambda: len(self.used_gb),
            "nvmlDeviceGetHandleByIndex": lambda index: index,
            "nvmlDeviceGetUUID": lambda index: f"GPU-{index}abc-def",
            "nvmlDeviceGetName": lambda index: "H100",
            "nvmlDeviceGetMemoryInfo": self._memory,
            "nvmlDeviceGetComputeRunningProcesses": self._processes,
        }
        return calls[name]

    def _memory(self, index: int) -> SimpleNamespace:
        return SimpleNamespace(total=80 * GIGABYTE, used=int(self.used_gb[index] * GIGABYTE))

    def _processes(self, index: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=pid) for pid in self.pids]
