"""The environments that were built on this machine: listing and removing them."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import ValidationError

from tasks.config.base import Frozen
from tasks.config.home import home
from tasks.errors import ServegaugeError
from tasks.provision.build_once import MARKER, remove_unfinished, unfinished_path
from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirement_files import environments_folder, read_requirements

BLOCK_BYTES = 512
"""The unit of `st_blocks`, whatever the file system."""


class BuiltEnvironment(Frozen):
    """One environment that was built on this machine."""

    folder: Path
    build: EngineBuild
    built_at: datetime
    size_bytes: int
    current: bool
    """A bundled file describes this build."""
    pids: tuple[int, ...]
    """Processes that run a program of the environment."""


def built_environments() -> tuple[BuiltEnvironment, ...]:
    """Return every finished environment under `home()/environments`, by name."""
    bundled_digests = _bundled_digests()
    environments = []
    for marker in sorted((home() / "environments").glob(f"*/{MARKER}")):
        try:
            build = EngineBuild.model_validate_json(marker.read_text(encoding="utf-8"))
            built_at = datetime.fromtimestamp(marker.stat().st_mtime, UTC)
        except (OSError, ValidationError):
            continue
        environments.append(
            BuiltEnvironment(
                folder=marker.parent,
                build=build,
                built_at=built_at,
                size_bytes=_disk_usage_bytes(marker.parent),
                current=build.digest in bundled_digests,
                pids=_pids_using(marker.parent),
            )
        )
    return tuple(environments)


def remove_environments(everything: bool = False) -> tuple[BuiltEnvironment, ...]:
    """Remove environments that no process uses, and return them.

    Args:
        everything: also those that a bundled file describes.
    """
    folder = home() / "environments"
    if not folder.is_dir():
        return ()
    remove_unfinished(folder)
    removed = []
    for environment in built_environments():
        if environment.pids or (environment.current and not everything):
            continue
        # Rename it first, so that no process finds a partly removed environment.
        renamed = unfinished_path(environment.folder)
        environment.folder.rename(renamed)
        shutil.rmtree(renamed, ignore_errors=True)
        environment.folder.with_name(f"{environment.folder.name}.log").unlink(missing_ok=True)
        removed.append(environment)
    return tuple(removed)


def _bundled_digests() -> set[str]:
    digests = set()
    for file in environments_folder().glob("*.txt"):
        try:
            digests.add(read_requirements(file).build.digest)
        except ServegaugeError:
            continue  # a run that names the file reports the error
    return digests


def _disk_usage_bytes(folder: Path) -> int:
    """Return the bytes that a folder occupies; a file with several hard links counts once."""
    inodes, size_bytes = set[int](), 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                status = os.lstat(os.path.join(parent, name))
            except OSError:
                continue
            if status.st_ino not in inodes:
                inodes.add(status.st_ino)
                size_bytes += status.st_blocks * BLOCK_BYTES
    return size_bytes


def _pids_using(folder: Path) -> tuple[int, ...]:
    """Return the processes whose command line begins with a program of the folder."""
    pids = []
    for process in psutil.process_iter(["cmdline"]):
        command_line = process.info["cmdline"] or [""]
        if command_line[0].startswith(f"{folder}{os.sep}"):
            pids.append(process.pid)
    return tuple(pids)
