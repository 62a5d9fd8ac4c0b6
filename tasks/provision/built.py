"""The environments that were built on this machine: what they are, how large, and their removal."""

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
from tasks.provision.build_once import MARKER, remove_leftovers
from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirements import environments_folder, read_requirements


class BuiltEnvironment(Frozen):
    """One built environment. `current`: a bundled file asks for it. `pids`: processes that run from it."""

    folder: Path
    build: EngineBuild
    built_at: datetime
    size_bytes: int
    current: bool
    pids: tuple[int, ...]


def built_environments() -> tuple[BuiltEnvironment, ...]:
    """Every whole environment under `home()/environments`, by name."""
    wanted = _wanted()
    found = []
    for marker in sorted((home() / "environments").glob(f"*/{MARKER}")):
        try:
            build = EngineBuild.model_validate_json(marker.read_text(encoding="utf-8"))
            built_at = datetime.fromtimestamp(marker.stat().st_mtime, UTC)
        except (OSError, ValidationError):
            continue
        found.append(
            BuiltEnvironment(
                folder=marker.parent,
                build=build,
                built_at=built_at,
                size_bytes=_size(marker.parent),
                current=build.digest in wanted,
                pids=_users(marker.parent),
            )
        )
    return tuple(found)


def remove_environments(everything: bool = False) -> tuple[BuiltEnvironment, ...]:
    """Remove what no bundled file asks for (or everything), except what is in use; returns what went."""
    folder = home() / "environments"
    if not folder.is_dir():
        return ()
    remove_leftovers(folder)
    gone = []
    for environment in built_environments():
        if (everything or not environment.current) and not environment.pids:
            # Renamed first: whoever looks for it finds it whole or not at all.
            grave = environment.folder.with_name(f".{environment.folder.name}.{os.getpid()}.building")
            environment.folder.rename(grave)
            shutil.rmtree(grave, ignore_errors=True)
            environment.folder.with_name(f"{environment.folder.name}.log").unlink(missing_ok=True)
            gone.append(environment)
    return tuple(gone)


def _wanted() -> set[str]:
    digests = set()
    for file in environments_folder().glob("*.txt"):
        try:
            digests.add(read_requirements(file).build.digest)
        except ServegaugeError:
            continue  # a file that cannot be read asks for nothing; `doctor` and `run` say so
    return digests


def _size(folder: Path) -> int:
    """Bytes on the disk; a file with several names counts once."""
    seen, total = set(), 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                facts = os.lstat(os.path.join(parent, name))
            except OSError:
                continue
            if facts.st_ino not in seen:
                seen.add(facts.st_ino)
                total += facts.st_blocks * 512
    return total


def _users(folder: Path) -> tuple[int, ...]:
    """Processes whose command line begins with a program of the folder."""
    start, pids = f"{folder}{os.sep}", []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or [""]
        if words[0].startswith(start):
            pids.append(process.pid)
    return tuple(pids)
