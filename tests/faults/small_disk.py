"""A small file system that only the processes of one command see."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

FILL = """
import contextlib, os, sys
path, leave = sys.argv[1], int(sys.argv[2])
with open(os.path.join(path, "filler"), "wb", buffering=0) as file:
    with contextlib.suppress(OSError):  # the run writes too: the free space is known only once there is none
        while file.write(bytes(4096)):
            pass
    file.truncate(file.tell() - leave)
"""
"""A Python program that fills the disk of a folder and leaves some bytes free. Arguments: folder, bytes."""


def small_disk(folder: Path, size: str) -> tuple[str, ...]:
    """Return the beginning of a command that finds a disk of this size at the folder.

    Skips the test where the machine has no mount namespaces.
    """
    folder.mkdir(parents=True, exist_ok=True)
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"'
    prefix = ("unshare", "--mount", *user, "/bin/sh", "-c", script, "sh", size, str(folder))
    try:
        if subprocess.run((*prefix, "true"), capture_output=True).returncode == 0:
            return prefix
    except OSError:
        pass
    pytest.skip("no mount namespace on this machine")


def path_inside(pid: int, path: Path) -> Path:
    """Return the path under which this process finds what `path` is in the mounts of process `pid`."""
    return Path(f"/proc/{pid}/root{path}")
