"""The environment of each real server: pinned, built once under the project's home."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.config.home import checkout, home

UV = (
    sys.executable,
    str(checkout() / "tasks/provision/pip_settings.py"),
    str(Path(sys.executable).with_name("uv")),
)
PINS = Path(__file__).parent / "pins"
UNREACHABLE = ("error sending request", "dns error", "connection refused", "timed out", "unreachable")
"""What uv writes, in small letters, where it reaches no package index."""


def bin_of(name: str, pins: Path | None = None) -> Path:
    """Return the folder of an environment's programs; build the environment if this machine lacks it.

    Skip the test if no package index can be reached. Another failure of the installation fails the test.

    Args:
        name: the name of the environment.
        pins: its packages; default: the file of that name in `pins/`.
    """
    pins = pins or PINS / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    folder = home() / "tools" / f"{name}-{digest}"
    with _locked(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            _build(folder, pins)
    return folder / "bin"


def _build(folder: Path, pins: Path) -> None:
    _uv("venv", "--clear", "--python", sys.executable, str(folder))
    python = str(folder / "bin" / "python")
    _uv("pip", "install", "--no-deps", "--python", python, "--requirement", str(pins))
    (folder / "ready").touch()


def _uv(*arguments: str) -> None:
    result = subprocess.run((*UV, *arguments), capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return
    if any(word in result.stderr.lower() for word in UNREACHABLE):
        pytest.skip("no package index can be reached, from which the server would be installed")
    pytest.fail(f"uv {arguments[0]} failed:\n{result.stderr}")


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a lock, so that one process builds an environment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
