"""The server's GPUs beside a measurement, as NVIDIA's driver tells of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import psutil

from tasks.probe.machine_source import Pids, descends
from tasks.probe.reading import Reading
from tasks.serve.gpu import gpus

UTILIZATION = "utilization_share"
MEMORY = "memory_used_bytes"
POWER = "power_w"
CLOCK = "sm_clock_mhz"
THROTTLED = "throttle_reasons"
TEMPERATURE = "temperature_c"
FOREIGN = "foreign_processes"


class GpuSource:
    """What the driver tells of some GPUs; what one does not support is left out, and all of it without one.

    Metrics end in `_gpuN`, with the number that nvidia-smi gives it. `throttle_reasons` is the driver's bit
    mask. `foreign_processes` compute there and are not the server's; those that cannot be seen from here, as
    from some containers, are not counted.
    """

    name = "gpu"
    patience_s = 5.0

    def __init__(
        self,
        indices: Sequence[int],
        server: Pids,
        interval_s: float = 0.5,
        nvml: Any = None,
    ) -> None:
        """`nvml`: the pynvml module or a stand-in."""
        self.interval_s = interval_s
        self._server, self._nvml = server, nvml or import_module("pynvml")
        self._handles: dict[int, Any] = {}
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlInit()
        for index in indices:
            with suppress(self._nvml.NVMLError):
                self._handles[index] = self._nvml.nvmlDeviceGetHandleByIndex(index)

    def read(self) -> tuple[Reading, ...]:
        """The figures of every card now."""
        now = datetime.now(UTC)
        return tuple(
            Reading(now, self.name, f"{metric}_gpu{index}", float(value))
            for index, handle in self._handles.items()
            for metric, ask in self._figures(handle).items()
            if (value := self._asked(ask)) is not None
        )

    def close(self) -> tuple[Reading, ...]:
        """The last figures; the driver's library is let go."""
        last = self.read()
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()
        return last

    def _figures(self, handle: Any) -> dict[str, Callable[[], float | None]]:
        nvml = self._nvml
        return {
            UTILIZATION: lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100,
            MEMORY: lambda: nvml.nvmlDeviceGetMemoryInfo(handle).used,
            POWER: lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000,
            CLOCK: lambda: nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM),
            THROTTLED: lambda: nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle),
            TEMPERATURE: lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU),
            FOREIGN: lambda: self._foreign(handle),
        }

    def _asked(self, ask: Callable[[], float | None]) -> float | None:
        try:
            return ask()
        except self._nvml.NVMLError:
            return None

    def _foreign(self, handle: Any) -> float | None:
        running = [each.pid for each in self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)]
        # In a container the driver may name processes that cannot be seen here: whose they are is not known.
        if not self._server or not all(map(psutil.pid_exists, running)):
            return None
        return sum(not belongs(pid, self._server) for pid in running)


def belongs(pid: int, server: Pids) -> bool:
    """Whether a process is the server or a descendant of it; one that has just ended counts as such."""
    try:
        parents = {each.pid: each.ppid() for each in (psutil.Process(pid), *psutil.Process(pid).parents())}
    except psutil.Error:
        return True
    return descends(pid, parents, server)


def cards_of(server: Pids, nvml: Any = None) -> tuple[int, ...]:
    """The GPUs on which processes or their descendants are seen to compute, as nvidia-smi numbers them."""
    if not server:
        return ()
    return tuple(
        card.index
        for card in gpus(nvml)
        if any(psutil.pid_exists(pid) and belongs(pid, server) for pid in card.pids)
    )
