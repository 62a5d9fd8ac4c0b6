"""The GPUs that a server gets, by its spec and by what the scheduler allows, and their free memory."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tasks.config.server import ArgValue
from tasks.errors import InputError, ServerStartError
from tasks.serve.gpu import list_gpus
from tasks.serve.gpu_choice import check_free_memory, chosen_gpus, gpu_variables, users_of
from tests.helpers.nvml import Nvml
from tests.serve.fake import a_server


@pytest.fixture(autouse=True)
def no_cuda_visible_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def chosen(gpu_count: int = 3, args: dict[str, ArgValue] | None = None, **fields: Any) -> list[int]:
    """Return the indices of the GPUs that a server gets on a machine with some free ones."""
    gpus = chosen_gpus(a_server(args=args, **fields), list_gpus(Nvml(*[0.0] * gpu_count)))
    return [gpu.index for gpu in gpus]


@pytest.mark.parametrize(
    ("args", "gpus", "expected"),
    [
        ({}, None, [0]),
        ({"tensor_parallel_size": 2}, None, [0, 1]),
        ({"tensor-parallel-size": 2}, [2, 0], [2, 0]),
    ],
)
def test_gpus_by_name_or_by_the_parallel_sizes(
    args: dict[str, ArgValue], gpus: list[int] | None, expected: list[int]
) -> None:
    assert chosen(args=args, gpus=gpus) == expected


@pytest.mark.parametrize(
    ("args", "gpus", "match"),
    [
        ({"tensor-parallel-size": 2}, [0], "needs 2 GPUs, server.gpus names 1"),
        ({"tensor-parallel-size": 4}, None, "needs 4 GPUs, this machine has 3"),
        ({}, [7], "there is no GPU 7"),
        ({}, [0, 1], "needs 1 GPUs, server.gpus names 2"),
    ],
)
def test_a_number_of_gpus_that_does_not_fit_is_wrong_input(
    args: dict[str, ArgValue], gpus: list[int] | None, match: str
) -> None:
    with pytest.raises(InputError, match=match):
        chosen(args=args, gpus=gpus)


def test_a_machine_without_a_gpu_gives_none() -> None:
    assert chosen(gpu_count=0) == []


@pytest.mark.parametrize("devices", ["2", " 2,0", "GPU-2abc", "GPU-2abc-def,-1,0"])
def test_the_devices_of_a_scheduler_are_used(monkeypatch: pytest.MonkeyPatch, devices: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", devices)
    assert chosen() == [2]


@pytest.mark.parametrize("devices", ["", "-1"])
def test_a_scheduler_that_gives_no_device(monkeypatch: pytest.MonkeyPatch, devices: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", devices)
    assert chosen() == []


@pytest.mark.parametrize("device", ["MIG-1", "GPU-9", "7", "all"])
def test_a_device_of_a_scheduler_that_is_no_whole_gpu_is_wrong_input(
    monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", device)
    with pytest.raises(InputError, match=f"names '{device}', which is no whole GPU"):
        chosen()


@pytest.mark.parametrize(("device", "expected"), [("1", [1]), ("GPU-2abc-def", [2]), ("MIG-1234", [])])
def test_a_whole_gpu_in_the_variables_of_a_spec_is_chosen(
    monkeypatch: pytest.MonkeyPatch, device: str, expected: list[int]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert chosen(env={"CUDA_VISIBLE_DEVICES": device}) == expected


def test_the_variables_of_a_spec_and_its_gpus_are_not_used_together() -> None:
    with pytest.raises(InputError, match="are both set"):
        chosen(env={"CUDA_VISIBLE_DEVICES": "1"}, gpus=[1])


def test_cuda_sees_the_chosen_gpus_alone() -> None:
    gpus = list_gpus(Nvml(0, 0, 0))
    assert gpu_variables((gpus[2], gpus[0]))["CUDA_VISIBLE_DEVICES"] == "2,0"
    assert gpu_variables(()) == {}


def test_too_little_free_memory_is_reported_with_the_process_that_uses_it() -> None:
    gpus = list_gpus(Nvml(10, pids=(os.getpid(),)))
    with pytest.raises(ServerStartError, match=rf"70\.0 of 80\.0 GB free, 72\.0 .*pid {os.getpid()}"):
        check_free_memory(a_server(), gpus)
    check_free_memory(a_server(args={"gpu_memory_utilization": 0.8}), gpus)


def test_a_process_that_cannot_be_read_has_no_name() -> None:
    (gpu,) = list_gpus(Nvml(0, pids=(2**22 + 1,)))  # above the kernel's highest process id
    assert users_of(gpu) == f"; in use by a process (pid {2**22 + 1})"
