"""The GPUs of the machine, through a test double of the driver's library."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tasks.serve.gpu import GPU, list_gpus


class NVMLError(Exception):
    """The library's own error."""


class Library:
    """One GPU. The calls in `fails` raise an error."""

    NVMLError = NVMLError

    def __init__(self, *fails: str) -> None:
        self._fails = fails

    def __getattribute__(self, name: str) -> object:
        answers = {
            "nvmlInit": None,
            "nvmlShutdown": None,
            "nvmlSystemGetDriverVersion": "580.65",
            "nvmlDeviceGetCount": 1,
            "nvmlDeviceGetHandleByIndex": "handle",
            "nvmlDeviceGetUUID": "GPU-1a2b",
            "nvmlDeviceGetName": b"NVIDIA H200",
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=1000, used=10),
            "nvmlDeviceGetComputeRunningProcesses": [SimpleNamespace(pid=7), SimpleNamespace(pid=5)],
        }
        if name not in answers:
            return object.__getattribute__(self, name)

        def call(*_: object) -> object:
            if name in self._fails:
                raise NVMLError
            return answers[name]

        return call


def test_all_fields_of_a_gpu() -> None:
    assert list_gpus(Library()) == (
        GPU(
            index=0,
            uuid="GPU-1a2b",
            name="NVIDIA H200",
            memory_total_bytes=1000,
            memory_used_bytes=10,
            driver="580.65",
            pids=(5, 7),
        ),
    )


@pytest.mark.parametrize("call", ["nvmlInit", "nvmlDeviceGetCount"])
def test_without_a_driver_there_is_no_gpu(call: str) -> None:
    assert list_gpus(Library(call)) == ()


def test_what_the_driver_does_not_report_is_none() -> None:
    (gpu,) = list_gpus(Library("nvmlDeviceGetMemoryInfo", "nvmlDeviceGetComputeRunningProcesses"))
    assert (gpu.memory_total_bytes, gpu.memory_used_bytes, gpu.pids) == (None, None, ())


def test_the_gpus_of_this_machine_can_be_listed() -> None:
    assert isinstance(list_gpus(), tuple)
