"""A test double of pynvml: GPUs of 80 GB whose used memory, power and processes a test sets."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from tasks.text import GIGABYTE

DEFAULT_POWER_W = 300.0


class NVMLError(Exception):
    """The library's own error."""


class Nvml:
    """GPUs numbered from 0.

    As in the library, a call before nvmlInit fails, and so does an index that no GPU has.

    Args:
        used_gb: the used memory of each GPU in gigabytes. There are as many GPUs as values.
        power_w: the power of each GPU in watts. 300 W each by default.
        pids: the processes on every GPU.
        unsupported: the names of calls that fail.
    """

    NVMLError = NVMLError
    NVML_CLOCK_SM = 1
    NVML_TEMPERATURE_GPU = 0

    def __init__(
        self,
        *used_gb: float,
        power_w: Sequence[float] = (),
        pids: tuple[int, ...] = (),
        unsupported: tuple[str, ...] = (),
    ) -> None:
        self.used_gb, self.pids, self.unsupported = list(used_gb), pids, unsupported
        self.power_w = list(power_w) or [DEFAULT_POWER_W] * len(used_gb)
        self.users = 0

    def nvmlInit(self) -> None:
        if not self.used_gb:
            raise NVMLError("Driver Not Loaded")
        self.users += 1

    def nvmlShutdown(self) -> None:
        if not self.users:
            raise NVMLError("Uninitialized")
        self.users -= 1

    def __getattr__(self, name: str) -> Any:
        calls: dict[str, Any] = {
            "nvmlSystemGetDriverVersion": lambda: "580.65",
            "nvmlDeviceGetCount": lambda: len(self.used_gb),
            "nvmlDeviceGetHandleByIndex": self._handle,
            "nvmlDeviceGetUUID": lambda gpu: f"GPU-{gpu}abc-def",
            "nvmlDeviceGetName": lambda gpu: "H100",
            "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=97, memory=40),
            "nvmlDeviceGetMemoryInfo": self._memory,
            "nvmlDeviceGetPowerUsage": lambda gpu: round(self.power_w[gpu] * 1000),
            "nvmlDeviceGetClockInfo": lambda gpu, kind: 1980,
            "nvmlDeviceGetCurrentClocksThrottleReasons": lambda gpu: 4,
            "nvmlDeviceGetTemperature": lambda gpu, sensor: 61,
            "nvmlDeviceGetComputeRunningProcesses": self._processes,
        }

        def call(*arguments: Any) -> Any:
            if not self.users or name in self.unsupported:
                raise NVMLError("Not Supported")
            return calls[name](*arguments)

        return call

    def _handle(self, index: int) -> int:
        if index >= len(self.used_gb):
            raise NVMLError("Invalid Argument")
        return index

    def _memory(self, gpu: int) -> SimpleNamespace:
        return SimpleNamespace(total=80 * GIGABYTE, used=int(self.used_gb[gpu] * GIGABYTE))

    def _processes(self, gpu: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=pid, usedGpuMemory=None) for pid in self.pids]
