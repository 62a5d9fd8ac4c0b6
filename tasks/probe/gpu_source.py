"""The telemetry source that reads the server's GPUs from NVIDIA's driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import psutil

from tasks.probe.machine_source import is_descendant
from tasks.probe.reading import Reading
from tasks.serve.gpu import GPU, list_gpus

UTILIZATION = "utilization_share"
MEMORY = "memory_used_bytes"
POWER = "power_w"
CLOCK = "sm_clock_mhz"
THROTTLED = "throttle_reasons"
TEMPERATURE = "temperature_c"
FOREIGN = "foreign_processes"


class GpuSource:
    """Reads some GPUs; omits metrics that a GPU does not support, and all metrics without a driver.

    Metric names end in `_gpuN`, where N is the GPU's number in nvidia-smi. `throttle_reasons` is the driver's
    bit mask. `foreign_processes` counts processes that compute on the GPU and do not belong to the server; it
    is omitted if a process on the GPU is not visible from here, as in some containers.
    """

    name = "gpu"
    close_timeout_s = 5.0

    def __init__(
        self,
        indices: Sequence[int],
        server_pids: frozenset[int],
        interval_s: float = 0.5,
        nvml: Any = None,
    ) -> None:
        """Open the GPUs.

        Args:
            indices: the numbers of the GPUs in nvidia-smi.
            server_pids: the server's process IDs; descendants count as the server's too.
            interval_s: seconds between two readings.
            nvml: the pynvml module or a test double.
        """
        self.interval_s = interval_s
        self._server_pids = server_pids
        self._nvml = nvml or import_module("pynvml")
        self._handles: dict[int, Any] = {}
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlInit()
        for index in indices:
            with suppress(self._nvml.NVMLError):
                self._handles[index] = self._nvml.nvmlDeviceGetHandleByIndex(index)

    def read(self) -> tuple[Reading, ...]:
        """Return one reading for each GPU and metric."""
        now = datetime.now(UTC)
        readings = []
        for index, handle in self._handles.items():
            for metric, query in self._queries(handle).items():
                value = self._value_of(query)
                if value is not None:
                    readings.append(Reading(now, self.name, f"{metric}_gpu{index}", float(value)))
        return tuple(readings)

    def close(self) -> tuple[Reading, ...]:
        """Read the GPUs a last time and shut NVML down."""
        readings = self.read()
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()
        return readings

    def _queries(self, handle: Any) -> dict[str, Callable[[], float | None]]:
        nvml = self._nvml
        return {
            UTILIZATION: lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100,
            MEMORY: lambda: nvml.nvmlDeviceGetMemoryInfo(handle).used,
            POWER: lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000,
            CLOCK: lambda: nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM),
            THROTTLED: lambda: nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle),
            TEMPERATURE: lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU),
            FOREIGN: lambda: self._count_foreign(handle),
        }

    def _value_of(self, query: Callable[[], float | None]) -> float | None:
        try:
            return query()
        except self._nvml.NVMLError:
            return None

    def _count_foreign(self, handle: Any) -> float | None:
        pids = [process.pid for process in self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)]
        # In a container, the driver may list processes that are not visible here: their owner is unknown.
        if not self._server_pids or not all(psutil.pid_exists(pid) for pid in pids):
            return None
        return sum(not belongs_to_server(pid, self._server_pids) for pid in pids)


def belongs_to_server(pid: int, server_pids: frozenset[int]) -> bool:
    """Return whether a process is the server or its descendant; also true for one that has just ended."""
    try:
        process = psutil.Process(pid)
        parents = {relative.pid: relative.ppid() for relative in (process, *process.parents())}
    except psutil.Error:
        return True
    return is_descendant(pid, parents, server_pids)


def gpu_indices_of(server_pids: frozenset[int], nvml: Any = None) -> tuple[int, ...]:
    """Return the GPUs that the server's processes compute on, as nvidia-smi numbers them."""
    if not server_pids:
        return ()
    return tuple(gpu.index for gpu in list_gpus(nvml) if _computes_on(gpu, server_pids))


def _computes_on(gpu: GPU, server_pids: frozenset[int]) -> bool:
    return any(psutil.pid_exists(pid) and belongs_to_server(pid, server_pids) for pid in gpu.pids)
