"""The command `servegauge doctor`: what this machine can run, a line a thing, each with its remedy."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import psutil

from cli.doctor.diagnosis import Diagnosis, Status
from cli.doctor.network import remote_findings
from tasks.config.home import home
from tasks.errors import ServegaugeError
from tasks.provision.disk_space import free_bytes
from tasks.provision.environment_cache import built_environments
from tasks.provision.hubs.huggingface import HuggingFace
from tasks.provision.image import container_program
from tasks.serve.gpu import list_gpus
from tasks.serve.gpu_choice import users_of
from tasks.serve.port import choose_port
from tasks.text import GIGABYTE

PATIENCE_S = 4.0
ROOM_GB = 20
"""What the largest bundled environment needs."""
MODEL_GB = 14
"""The weights of openai/gpt-oss-20b, those that vLLM reads."""


def findings(reach: Callable[[str], bool] | None = None) -> tuple[Diagnosis, ...]:
    """Everything that is looked at, in the order of a run. `reach`: whether an address answers."""
    here = (
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
    return (*here, *remote_findings(reach))


def _python() -> Diagnosis:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11) and platform.system() == "Linux"
    return Diagnosis(
        name="Python", grade="ok" if good else "broken", text=text, remedy="run it on Linux with Python 3.11"
    )


def _uv() -> Diagnosis:
    import uv

    try:
        answer = subprocess.run((uv.find_uv_bin(), "--version"), capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return Diagnosis(
            name="uv", grade="limited", text="does not run", remedy="pip install uv; no environment is built"
        )
    return Diagnosis(name="uv", grade="ok", text=answer.stdout.strip())


def _gpus(nvml: Any = None) -> tuple[Diagnosis, ...]:
    cards = list_gpus(nvml)
    if not cards:
        remedy = (
            "the environment vllm-cpu serves here; for a GPU install NVIDIA's driver (nvidia-smi must run)"
        )
        return (Diagnosis(name="GPU", grade="limited", text="none that the driver tells of", remedy=remedy),)
    found = [Diagnosis(name="driver", grade="ok", text=f"{cards[0].driver}{_cuda(nvml)}")]
    for card in cards:
        used, total = card.memory_used_bytes or 0, card.memory_total_bytes or 0
        text = (
            f"{card.name}, {(total - used) / GIGABYTE:.1f} of {total / GIGABYTE:.1f} GB free{users_of(card)}"
        )
        busy = total and used > total * 0.1
        remedy = "end what uses it, or choose others with server.gpus"
        found.append(
            Diagnosis(name=f"GPU {card.index}", grade="limited" if busy else "ok", text=text, remedy=remedy)
        )
    return tuple(found)


def _cuda(nvml: Any) -> str:
    """The newest CUDA that the driver can run."""
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
    text = f"{free / GIGABYTE:.1f} GB free, {cores} cores"
    small = free < 4 * GIGABYTE
    remedy = "serving the smallest model needs about 4 GB"
    return Diagnosis(name="memory", grade="limited" if small else "ok", text=text, remedy=remedy)


def _disk() -> Diagnosis:
    folder = home()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = free_bytes(folder) / GIGABYTE
    if not os.access(there, os.W_OK):
        remedy = "set SERVEGAUGE_HOME to a folder that can be written"
        return Diagnosis(name="disk", grade="broken", text=f"{folder} cannot be written", remedy=remedy)
    remedy = f"a GPU environment needs {ROOM_GB} GB: set SERVEGAUGE_HOME to a larger disk"
    grade: Status = "ok" if free >= ROOM_GB else "limited"
    return Diagnosis(name="disk", grade=grade, text=f"{free:.1f} GB free under {folder}", remedy=remedy)


def _models() -> Diagnosis:
    folder = HuggingFace().cache
    free = free_bytes(folder) / GIGABYTE
    remedy = f"openai/gpt-oss-20b needs {MODEL_GB} GB: set HF_HOME to a larger disk"
    grade: Status = "ok" if free >= MODEL_GB else "limited"
    return Diagnosis(
        name="model cache", grade=grade, text=f"{free:.1f} GB free under {folder}", remedy=remedy
    )


def _ports() -> Diagnosis:
    try:
        choose_port(None)
    except (ServegaugeError, OSError) as error:
        return Diagnosis(
            name="ports", grade="broken", text=f"127.0.0.1: {error}", remedy="bring up the loopback"
        )
    return Diagnosis(name="ports", grade="ok", text="127.0.0.1 can be listened on")


def _containers() -> Diagnosis:
    remedy = "only an environment of the form image:... needs docker or podman"
    try:
        program = container_program()
        argv = (str(program), "version", "--format", "{{.Server.Version}}")
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE_S)
    except ServegaugeError:
        return Diagnosis(name="containers", grade="limited", text="no docker, no podman", remedy=remedy)
    except (OSError, subprocess.TimeoutExpired):
        return Diagnosis(name="containers", grade="limited", text=f"{program} does not answer", remedy=remedy)
    if answer.returncode:
        said = (answer.stderr.strip().splitlines() or ["it does not answer"])[-1]
        remedy = f"make `{program.name} info` work for this user; {remedy}"
        return Diagnosis(name="containers", grade="limited", text=f"{program.name}: {said}", remedy=remedy)
    return Diagnosis(name="containers", grade="ok", text=f"{program.name} {answer.stdout.strip()}")


def _environments() -> Diagnosis:
    names = [entry.folder.name for entry in built_environments() if entry.current]
    remedy = "the first run builds the one that it names"
    text = ", ".join(names) or "none is built yet"
    return Diagnosis(name="environments", grade="ok", text=text, remedy="" if names else remedy)


def lines(found: Sequence[Diagnosis]) -> list[str]:
    """What is printed: a line a thing, the remedy below what is not well."""
    width = max(len(finding.name) for finding in found)
    text = []
    for finding in found:
        text.append(f"{finding.grade:<8} {finding.name:<{width}}  {finding.text}")
        if finding.remedy and finding.grade != "ok":
            text.append(f"{'':<8} {'':<{width}}  -> {finding.remedy}")
    return text
