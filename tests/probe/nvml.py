"""A test double of pynvml: GPUs of 80 GB whose power and processes a test sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class NVMLError(Exception):
    """The library's own error."""


class Nvml:
    """GPUs numbered from 0.

    As in the library, a call before nvmlInit fails, and so does an index that no GPU has.

    Args:
        power_w: the power of each GPU in watts.
        pids: the processes on every GPU.
        unsupported: the names of calls that fail.
    """

    NVMLError = NVMLError
    NVML_CLOCK_SM = 1
    NVML_TEMPERATURE_GPU = 0

    def __init__(
        self, *power_w: float, pids: tuple[int, ...] = (), unsupported: tuple[str, ...] = ()
    ) -> None:
        self.power_w, self.pids, self.unsupported = list(power_w), pids, unsupported
        self.users = 0

    def nvmlInit(self) -> None:
        if not self.power_w:
            raise NVMLError("Driver Not Loaded")
        self.users += 1

    def nvmlShutdown(self) -> None:
        if not self.users:
            raise NVMLError("Uninitialized")
        self.users -= 1

    def __getattr__(self, name: str) -> Any:
        calls: dict[str, Any] = {
            "nvmlSystemGetDriverVersion": lambda: "580.65",
            "nvmlDeviceGetCount": lambda: len(self.power_w),
            "nvmlDeviceGetHandleByIndex": self._handle,
            "nvmlDeviceGetUUID": lambda gpu: f"GPU-{gpu}",
            "nvmlDeviceGetName": lambda gpu: "H100",
            "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=97, memory=40),
            "nvmlDeviceGetMemoryInfo": lambda gpu: SimpleNamespace(total=80 * 10**9, used=70 * 10**9),
            "nvmlDeviceGetPowerUsage": lambda gpu: round(self.power_w[gpu] * 1000),
            "nvmlDeviceGetClockInfo": lambda gpu, kind: 1980,
            "nvmlDeviceGetCurrentClocksThrottleReasons": lambda gpu: 4,
            "nvmlDeviceGetTemperature": lambda gpu, sensor: 61,
            "nvmlDeviceGetComputeRunningProcesses": lambda gpu: [
                SimpleNamespace(pid=pid, usedGpuMemory=None) for pid in self.pids
            ],
        }

        def call(*arguments: Any) -> Any:
            if not self.users or name in self.unsupported:
                raise NVMLError("Not Supported")
            return calls[name](*arguments)

        return call

    def _handle(self, index: int) -> int:
        if index >= len(self.power_w):
            raise NVMLError("Invalid Argument")
        return index
