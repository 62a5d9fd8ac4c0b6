"""GPUs, through a stand-in for the driver's library."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tasks.serve.gpu import GPU, gpus


class NVMLError(Exception):
    """The library's own error."""


class Library:
    """One GPU, or no driver; what is in `fails` is not supported."""

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


def test_a_gpu() -> None:
    assert gpus(Library()) == (
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
def test_no_driver_no_gpu(call: str) -> None:
    assert gpus(Library(call)) == ()


def test_what_the_driver_does_not_tell_is_left_open() -> None:
    (gpu,) = gpus(Library("nvmlDeviceGetMemoryInfo", "nvmlDeviceGetComputeRunningProcesses"))
    assert (gpu.memory_total_bytes, gpu.memory_used_bytes, gpu.pids) == (None, None, ())


def test_this_machine_is_asked_without_an_error() -> None:
    assert isinstance(gpus(), tuple)
