"""The server's GPUs over time, through a stand-in for the driver's library."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pynvml
import pytest

from tasks.audit import gpu
from tasks.probe.gpu_source import GpuSource, cards_of
from tasks.probe.machine_source import Pids
from tasks.probe.sampler import sampling
from tests.probe.nvml import Nvml


@pytest.fixture
def stranger() -> Iterator[int]:
    """A process that is a child of ours, and so not one of the server's when another child is the server."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.communicate()


US = frozenset({os.getpid()})


def told(nvml: Nvml, *cards: int, server: Pids = US) -> dict[str, float]:
    source = GpuSource(cards, server, nvml=nvml)
    found = {reading.metric: reading.value for reading in source.read()}
    source.close()
    return found


def test_every_figure_of_the_servers_cards() -> None:
    nvml = Nvml(300, 650.5, pids=(os.getpid(),))
    assert told(nvml, 1) == {
        "utilization_share_gpu1": 0.97,
        "memory_used_bytes_gpu1": 70e9,
        "power_w_gpu1": 650.5,
        "sm_clock_mhz_gpu1": 1980,
        "throttle_reasons_gpu1": 4,
        "temperature_c_gpu1": 61,
        "foreign_processes_gpu1": 0,
    }
    assert nvml.users == 0


def test_a_process_that_is_not_the_servers_is_foreign(stranger: int) -> None:
    nvml = Nvml(300, pids=(stranger, os.getpid()))
    assert told(nvml, 0)["foreign_processes_gpu0"] == 0
    assert told(nvml, 0, server=frozenset({stranger}))["foreign_processes_gpu0"] == 1
    assert "foreign_processes_gpu0" not in told(nvml, 0, server=frozenset())


def test_process_numbers_of_another_machine_accuse_nobody() -> None:
    nvml = Nvml(300, pids=(2**22 + 1,))  # above the kernel's highest
    assert "foreign_processes_gpu0" not in told(nvml, 0)
    assert cards_of(US, nvml) == ()


def test_what_a_card_does_not_support_is_left_out() -> None:
    nvml = Nvml(300, lacks=("nvmlDeviceGetPowerUsage", "nvmlDeviceGetComputeRunningProcesses"))
    found = told(nvml, 0)
    assert "power_w_gpu0" not in found
    assert found["temperature_c_gpu0"] == 61


@pytest.mark.parametrize("nvml", [Nvml(), Nvml(300)])
def test_without_a_driver_or_such_a_card_nothing_is_said_and_nothing_fails(nvml: Nvml) -> None:
    with sampling(GpuSource((3,), US, 0.01, nvml)) as samples:
        pass
    assert samples.rows == ()
    assert cards_of(US, Nvml()) == ()


def test_a_card_that_is_not_there_leaves_the_others() -> None:
    assert {metric[-1] for metric in told(Nvml(300), 0, 7)} == {"0"}


def test_the_stand_in_has_the_librarys_names_and_numbers() -> None:
    """Each call with as many arguments as the library wants, each constant and bit as the library has it."""
    asked = re.findall(r"nvml\.(\w+)", inspect.getsource(GpuSource))
    calls = {name for name in asked if name.startswith("nvml") and name != "nvmlInit"}
    nvml = Nvml(300)
    nvml.nvmlInit()
    for name in calls - {"nvmlShutdown"}:
        wanted = inspect.signature(getattr(pynvml, name)).parameters.values()
        getattr(nvml, name)(*(0 for each in wanted if each.default is inspect.Parameter.empty))
    assert (pynvml.NVML_CLOCK_SM, pynvml.NVML_TEMPERATURE_GPU) == (
        nvml.NVML_CLOCK_SM,
        nvml.NVML_TEMPERATURE_GPU,
    )
    assert pynvml.nvmlClocksEventReasonSwPowerCap == gpu.POWER_CAP_BIT
    assert (
        pynvml.nvmlClocksEventReasonHwSlowdown
        | pynvml.nvmlClocksEventReasonSwThermalSlowdown
        | pynvml.nvmlClocksEventReasonHwThermalSlowdown
        | pynvml.nvmlClocksEventReasonHwPowerBrakeSlowdown
    ) == gpu.SLOWDOWN_BITS
    assert len(calls) == 9


def test_this_machine_is_asked_without_an_error() -> None:
    source = GpuSource((0,), US)
    assert isinstance(source.read() + source.close(), tuple)
    assert isinstance(cards_of(US), tuple)


def test_the_cards_of_a_server_are_those_that_it_computes_on(stranger: int) -> None:
    assert cards_of(frozenset({stranger}), Nvml(300, 300, pids=(stranger,))) == (0, 1)
    assert cards_of(frozenset({stranger}), Nvml(300, pids=(os.getpid(),))) == ()
    assert cards_of(frozenset(), Nvml(300, pids=(stranger,))) == ()


def test_the_last_figures_are_read_when_the_block_is_left() -> None:
    with sampling(GpuSource((0,), US, 3600, Nvml(300))) as samples:
        pass
    assert [row.value for row in samples.rows if row.metric == "power_w_gpu0"] == [300, 300]
