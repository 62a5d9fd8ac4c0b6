"""A stand-in for nvidia-ml-py: GPUs of 80 GB whose figures a test sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class NVMLError(Exception):
    """The library's own error."""


class Nvml:
    """`cards`: their power in watts; `pids`: who computes on each; `lacks`: calls that are not supported.

    As the library: a call without initialisation fails, and so does a number that no card has.
    """

    NVMLError = NVMLError
    NVML_CLOCK_SM = 1
    NVML_TEMPERATURE_GPU = 0

    def __init__(self, *cards: float, pids: tuple[int, ...] = (), lacks: tuple[str, ...] = ()) -> None:
        self.cards, self.pids, self.lacks = list(cards), pids, lacks
        self.users = 0

    def nvmlInit(self) -> None:
        if not self.cards:
            raise NVMLError("Driver Not Loaded")
        self.users += 1

    def nvmlShutdown(self) -> None:
        if not self.users:
            raise NVMLError("Uninitialized")
        self.users -= 1

    def __getattr__(self, name: str) -> Any:
        answers: dict[str, Any] = {
            "nvmlSystemGetDriverVersion": lambda: "580.65",
            "nvmlDeviceGetCount": lambda: len(self.cards),
            "nvmlDeviceGetHandleByIndex": self._handle,
            "nvmlDeviceGetUUID": lambda card: f"GPU-{card}",
            "nvmlDeviceGetName": lambda card: "H100",
            "nvmlDeviceGetUtilizationRates": lambda card: SimpleNamespace(gpu=97, memory=40),
            "nvmlDeviceGetMemoryInfo": lambda card: SimpleNamespace(total=80 * 10**9, used=70 * 10**9),
            "nvmlDeviceGetPowerUsage": lambda card: round(self.cards[card] * 1000),
            "nvmlDeviceGetClockInfo": lambda card, kind: 1980,
            "nvmlDeviceGetCurrentClocksThrottleReasons": lambda card: 4,
            "nvmlDeviceGetTemperature": lambda card, sensor: 61,
            "nvmlDeviceGetComputeRunningProcesses": lambda card: [
                SimpleNamespace(pid=pid, usedGpuMemory=None) for pid in self.pids
            ],
        }

        def call(*arguments: Any) -> Any:
            if not self.users or name in self.lacks:
                raise NVMLError("Not Supported")
            return answers[name](*arguments)

        return call

    def _handle(self, index: int) -> int:
        if index >= len(self.cards):
            raise NVMLError("Invalid Argument")
        return index
