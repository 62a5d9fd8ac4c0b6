"""The server's GPUs over time, through a test double of the driver's library."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pynvml
import pytest

from tasks.audit import gpu_checks
from tasks.probe.gpu_source import GpuSource, gpu_indices_of
from tasks.probe.sampler import sampling
from tests.helpers.nvml import Nvml


@pytest.fixture
def other_pid() -> Iterator[int]:
    """Start a child process, which is foreign where this process is not the server."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.communicate()


OWN_PIDS = frozenset({os.getpid()})


def read(nvml: Nvml, *indices: int, server_pids: frozenset[int] = OWN_PIDS) -> dict[str, float]:
    """Return the values of one reading by metric."""
    source = GpuSource(indices, server_pids, nvml=nvml)
    values = {reading.metric: reading.value for reading in source.read()}
    source.close()
    return values


def test_every_metric_of_the_servers_gpus() -> None:
    nvml = Nvml(70, 70, power_w=(300, 650.5), pids=(os.getpid(),))
    assert read(nvml, 1) == {
        "utilization_share_gpu1": 0.97,
        "memory_used_bytes_gpu1": 70e9,
        "power_w_gpu1": 650.5,
        "sm_clock_mhz_gpu1": 1980,
        "throttle_reasons_gpu1": 4,
        "temperature_c_gpu1": 61,
        "foreign_processes_gpu1": 0,
    }
    assert nvml.users == 0


def test_a_process_that_is_not_the_servers_is_foreign(other_pid: int) -> None:
    nvml = Nvml(70, pids=(other_pid, os.getpid()))
    assert read(nvml, 0)["foreign_processes_gpu0"] == 0
    assert read(nvml, 0, server_pids=frozenset({other_pid}))["foreign_processes_gpu0"] == 1
    assert "foreign_processes_gpu0" not in read(nvml, 0, server_pids=frozenset())


def test_processes_that_cannot_be_seen_are_not_counted() -> None:
    nvml = Nvml(70, pids=(2**22 + 1,))  # above the kernel's highest
    assert "foreign_processes_gpu0" not in read(nvml, 0)
    assert gpu_indices_of(OWN_PIDS, nvml) == ()


def test_a_metric_that_a_gpu_does_not_support_is_left_out() -> None:
    nvml = Nvml(70, unsupported=("nvmlDeviceGetPowerUsage", "nvmlDeviceGetComputeRunningProcesses"))
    values = read(nvml, 0)
    assert "power_w_gpu0" not in values
    assert values["temperature_c_gpu0"] == 61


@pytest.mark.parametrize("nvml", [Nvml(), Nvml(70)])
def test_without_a_driver_or_such_a_gpu_there_are_no_readings(nvml: Nvml) -> None:
    with sampling(GpuSource((3,), OWN_PIDS, 0.01, nvml)) as samples:
        pass
    assert samples.rows == ()
    assert gpu_indices_of(OWN_PIDS, Nvml()) == ()


def test_a_gpu_that_does_not_exist_leaves_the_others() -> None:
    assert {metric[-1] for metric in read(Nvml(70), 0, 7)} == {"0"}


def test_the_test_double_matches_the_library() -> None:
    """Its calls take as many arguments, and its constants have the same values."""
    names = re.findall(r"nvml\.(\w+)", inspect.getsource(GpuSource))
    calls = {name for name in names if name.startswith("nvml") and name != "nvmlInit"}
    nvml = Nvml(70)
    nvml.nvmlInit()
    for name in calls - {"nvmlShutdown"}:
        parameters = inspect.signature(getattr(pynvml, name)).parameters.values()
        getattr(nvml, name)(*(0 for parameter in parameters if parameter.default is inspect.Parameter.empty))
    assert (pynvml.NVML_CLOCK_SM, pynvml.NVML_TEMPERATURE_GPU) == (
        nvml.NVML_CLOCK_SM,
        nvml.NVML_TEMPERATURE_GPU,
    )
    assert pynvml.nvmlClocksEventReasonSwPowerCap == gpu_checks.POWER_CAP_BIT
    assert (
        pynvml.nvmlClocksEventReasonHwSlowdown
        | pynvml.nvmlClocksEventReasonSwThermalSlowdown
        | pynvml.nvmlClocksEventReasonHwThermalSlowdown
        | pynvml.nvmlClocksEventReasonHwPowerBrakeSlowdown
    ) == gpu_checks.SLOWDOWN_BITS
    assert len(calls) == 9


def test_the_gpus_of_this_machine_can_be_read() -> None:
    source = GpuSource((0,), OWN_PIDS)
    assert isinstance(source.read() + source.close(), tuple)
    assert isinstance(gpu_indices_of(OWN_PIDS), tuple)


def test_the_gpus_of_a_server_are_those_that_it_computes_on(other_pid: int) -> None:
    assert gpu_indices_of(frozenset({other_pid}), Nvml(70, 70, pids=(other_pid,))) == (0, 1)
    assert gpu_indices_of(frozenset({other_pid}), Nvml(70, pids=(os.getpid(),))) == ()
    assert gpu_indices_of(frozenset(), Nvml(70, pids=(other_pid,))) == ()


def test_the_last_values_are_read_when_the_block_is_left() -> None:
    with sampling(GpuSource((0,), OWN_PIDS, 3600, Nvml(70))) as samples:
        pass
    assert [row.value for row in samples.rows if row.metric == "power_w_gpu0"] == [300, 300]
