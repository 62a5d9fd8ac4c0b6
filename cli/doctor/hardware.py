"""The doctor's checks of GPUs, memory, disk and ports."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from typing import Any

import psutil

from cli.doctor.diagnosis import Diagnosis, Status
from tasks.config.home import home
from tasks.errors import ServegaugeError
from tasks.provision.disk_space import free_bytes
from tasks.provision.hubs.huggingface import HuggingFace
from tasks.serve.gpu import list_gpus
from tasks.serve.gpu_choice import users_of
from tasks.serve.port import choose_port
from tasks.text import GIGABYTE, gigabytes

ENVIRONMENT_GB = 20
"""Size of the largest bundled environment."""
MODEL_GB = 14
"""Size of the weights of openai/gpt-oss-20b that vLLM reads."""


def diagnose_hardware() -> tuple[Diagnosis, ...]:
    """Check the machine's GPUs, memory, disk space and ports."""
    return (*_gpus(), _memory(), _disk(), _models(), _ports())


def _gpus(nvml: Any = None) -> tuple[Diagnosis, ...]:
    gpus = list_gpus(nvml)
    if not gpus:
        remedy = "use the environment vllm-cpu; for a GPU, install NVIDIA's driver (nvidia-smi must run)"
        return (Diagnosis(name="GPU", status="limited", text="no GPU found", remedy=remedy),)
    diagnoses = [Diagnosis(name="driver", status="ok", text=f"{gpus[0].driver}{_cuda(nvml)}")]
    for gpu in gpus:
        used, total = gpu.memory_used_bytes or 0, gpu.memory_total_bytes or 0
        free = f"{(total - used) / GIGABYTE:.1f} of {gigabytes(total)} free"
        text = f"{gpu.name}, {free}{users_of(gpu)}"
        busy = total and used > total * 0.1
        remedy = "end the processes on it, or choose other GPUs with server.gpus"
        diagnoses.append(
            Diagnosis(name=f"GPU {gpu.index}", status="limited" if busy else "ok", text=text, remedy=remedy)
        )
    return tuple(diagnoses)


def _cuda(nvml: Any) -> str:
    """The newest CUDA version that the driver supports, as the end of a sentence."""
    nvml = nvml or import_module("pynvml")
    try:
        nvml.nvmlInit()
        version = int(nvml.nvmlSystemGetCudaDriverVersion())
    except Exception:
        return ""
    finally:
        with suppress(Exception):
            nvml.nvmlShutdown()
    return f", CUDA up to {version // 1000}.{version % 1000 // 10}"


def _memory() -> Diagnosis:
    available_bytes, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    text = f"{gigabytes(available_bytes)} free, {cores} cores"
    small = available_bytes < 4 * GIGABYTE
    remedy = "serving the smallest model needs about 4 GB"
    return Diagnosis(name="memory", status="limited" if small else "ok", text=text, remedy=remedy)


def _disk() -> Diagnosis:
    folder = home()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free_gb = free_bytes(folder) / GIGABYTE
    if not os.access(existing, os.W_OK):
        remedy = "set SERVEGAUGE_HOME to a folder that can be written"
        return Diagnosis(name="disk", status="broken", text=f"{folder} cannot be written", remedy=remedy)
    remedy = f"a GPU environment needs {ENVIRONMENT_GB} GB: set SERVEGAUGE_HOME to a larger disk"
    status: Status = "ok" if free_gb >= ENVIRONMENT_GB else "limited"
    return Diagnosis(name="disk", status=status, text=f"{free_gb:.1f} GB free under {folder}", remedy=remedy)


def _models() -> Diagnosis:
    folder = HuggingFace().cache
    free_gb = free_bytes(folder) / GIGABYTE
    remedy = f"openai/gpt-oss-20b needs {MODEL_GB} GB: set HF_HOME to a larger disk"
    status: Status = "ok" if free_gb >= MODEL_GB else "limited"
    return Diagnosis(
        name="model cache", status=status, text=f"{free_gb:.1f} GB free under {folder}", remedy=remedy
    )


def _ports() -> Diagnosis:
    try:
        choose_port(None)
    except (ServegaugeError, OSError) as error:
        return Diagnosis(
            name="ports",
            status="broken",
            text=f"127.0.0.1: {error}",
            remedy="bring up the loopback interface",
        )
    return Diagnosis(name="ports", status="ok", text="127.0.0.1 can be listened on")
