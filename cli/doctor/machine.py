"""The checks of `servegauge doctor` on this machine, and its output."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import psutil

from cli.doctor.diagnosis import Diagnosis, Status
from cli.doctor.network import Reach, diagnose_network
from tasks.config.home import home
from tasks.errors import ServegaugeError
from tasks.provision.disk_space import free_bytes
from tasks.provision.environment_cache import built_environments
from tasks.provision.hubs.huggingface import HuggingFace
from tasks.provision.image import container_program
from tasks.serve.gpu import list_gpus
from tasks.serve.gpu_choice import users_of
from tasks.serve.port import choose_port
from tasks.text import GIGABYTE, gigabytes, last_lines

TIMEOUT_S = 4.0
ENVIRONMENT_GB = 20
"""Size of the largest bundled environment."""
MODEL_GB = 14
"""Size of the weights of openai/gpt-oss-20b that vLLM reads."""


def diagnose(reach: Reach | None = None) -> tuple[Diagnosis, ...]:
    """Check this machine and the network, in the order in which a run needs them.

    Args:
        reach: says whether an address answers; replaces the network in tests.
    """
    machine = (
        _python(),
        _uv(),
        *_gpus(),
        _memory(),
        _disk(),
        _models(),
        _ports(),
        _containers(),
        _environments(),
    )
    return (*machine, *diagnose_network(reach))


def lines_of(diagnoses: Sequence[Diagnosis]) -> list[str]:
    """The output of the doctor: a line for each diagnosis, and its remedy below it if it is not ok."""
    width = max(len(diagnosis.name) for diagnosis in diagnoses)
    lines = []
    for diagnosis in diagnoses:
        lines.append(f"{diagnosis.status:<8} {diagnosis.name:<{width}}  {diagnosis.text}")
        if diagnosis.remedy and diagnosis.status != "ok":
            lines.append(f"{'':<8} {'':<{width}}  -> {diagnosis.remedy}")
    return lines


def _python() -> Diagnosis:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11) and platform.system() == "Linux"
    return Diagnosis(
        name="Python", status="ok" if good else "broken", text=text, remedy="run it on Linux with Python 3.11"
    )


def _uv() -> Diagnosis:
    import uv

    try:
        answer = subprocess.run((uv.find_uv_bin(), "--version"), capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return Diagnosis(
            name="uv", status="limited", text="does not run", remedy="pip install uv; no environment is built"
        )
    return Diagnosis(name="uv", status="ok", text=answer.stdout.strip())


def _gpus(nvml: Any = None) -> tuple[Diagnosis, ...]:
    cards = list_gpus(nvml)
    if not cards:
        remedy = (
            "the environment vllm-cpu serves here; for a GPU install NVIDIA's driver (nvidia-smi must run)"
        )
        return (Diagnosis(name="GPU", status="limited", text="the driver lists none", remedy=remedy),)
    diagnoses = [Diagnosis(name="driver", status="ok", text=f"{cards[0].driver}{_cuda(nvml)}")]
    for card in cards:
        used, total = card.memory_used_bytes or 0, card.memory_total_bytes or 0
        free = f"{(total - used) / GIGABYTE:.1f} of {gigabytes(total)} free"
        text = f"{card.name}, {free}{users_of(card)}"
        busy = total and used > total * 0.1
        remedy = "end the processes on it, or choose other GPUs with server.gpus"
        diagnoses.append(
            Diagnosis(name=f"GPU {card.index}", status="limited" if busy else "ok", text=text, remedy=remedy)
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
    free, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    text = f"{gigabytes(free)} free, {cores} cores"
    small = free < 4 * GIGABYTE
    remedy = "serving the smallest model needs about 4 GB"
    return Diagnosis(name="memory", status="limited" if small else "ok", text=text, remedy=remedy)


def _disk() -> Diagnosis:
    folder = home()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = free_bytes(folder) / GIGABYTE
    if not os.access(existing, os.W_OK):
        remedy = "set SERVEGAUGE_HOME to a folder that can be written"
        return Diagnosis(name="disk", status="broken", text=f"{folder} cannot be written", remedy=remedy)
    remedy = f"a GPU environment needs {ENVIRONMENT_GB} GB: set SERVEGAUGE_HOME to a larger disk"
    status: Status = "ok" if free >= ENVIRONMENT_GB else "limited"
    return Diagnosis(name="disk", status=status, text=f"{free:.1f} GB free under {folder}", remedy=remedy)


def _models() -> Diagnosis:
    folder = HuggingFace().cache
    free = free_bytes(folder) / GIGABYTE
    remedy = f"openai/gpt-oss-20b needs {MODEL_GB} GB: set HF_HOME to a larger disk"
    status: Status = "ok" if free >= MODEL_GB else "limited"
    return Diagnosis(
        name="model cache", status=status, text=f"{free:.1f} GB free under {folder}", remedy=remedy
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


def _containers() -> Diagnosis:
    remedy = "only an environment of the form image:... needs docker or podman"
    try:
        program = container_program()
        argv = (str(program), "version", "--format", "{{.Server.Version}}")
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    except ServegaugeError:
        return Diagnosis(name="containers", status="limited", text="no docker, no podman", remedy=remedy)
    except (OSError, subprocess.TimeoutExpired):
        return Diagnosis(
            name="containers", status="limited", text=f"{program} does not answer", remedy=remedy
        )
    if answer.returncode:
        error = last_lines(answer.stderr, 1) or "it does not answer"
        remedy = f"make `{program.name} info` work for this user; {remedy}"
        return Diagnosis(name="containers", status="limited", text=f"{program.name}: {error}", remedy=remedy)
    return Diagnosis(name="containers", status="ok", text=f"{program.name} {answer.stdout.strip()}")


def _environments() -> Diagnosis:
    names = [entry.folder.name for entry in built_environments() if entry.current]
    remedy = "the first run builds the environment that its spec names"
    text = ", ".join(names) or "none is built yet"
    return Diagnosis(name="environments", status="ok", text=text, remedy="" if names else remedy)
