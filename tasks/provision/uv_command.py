"""Running uv: its settings by environment, its output to a file, its failures in our words."""

from __future__ import annotations

import os
import re
import subprocess
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import uv

from tasks.errors import NoSpace, ProvisionError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.pip_settings import redacted

TAIL_LINES = 15
MIRROR = (
    "set SERVEGAUGE_EXTRA_INDEX to a mirror's address, or name a folder with the wheels: "
    "pip config set global.find-links FOLDER"
)
NETWORK = (
    "check the network, or name a mirror: pip config set global.index-url ADDRESS; "
    "for an extra index set SERVEGAUGE_EXTRA_INDEX"
)
NO_SPACE = re.compile(r"No space left on device|os error 28")
NO_PYTHON = re.compile(
    r"No interpreter found|No download found|No Python .* found|Failed to .*download.*python", re.I
)
UNREACHABLE = re.compile(r"(?:Failed to fetch|error sending request for url)[^h]*(https?://[^\s`)]+)")
NO_WHEEL = re.compile(
    r"no (?:version of|wheels?.*?for) (\S+)|Because (\S+) was not found in|(\S+) has no (?:usable )?wheels"
)


def run_uv(arguments: tuple[str, ...], env: Mapping[str, str], log: Path) -> int:
    """Run uv with these variables on top of ours; its output is added to the log. Its exit code."""
    # What is set for the calling project must not steer the environment that is built.
    inherited = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "UV_PYTHON", "PYTHONPATH"}}
    with log.open("ab") as output:
        return subprocess.run(
            die_with_parent((uv.find_uv_bin(), "--no-progress", *arguments)),
            env={**inherited, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        ).returncode


def explain_failure(name: str, log: Path, left_out: tuple[str, ...]) -> ProvisionError:
    """What uv's log says went wrong while the environment `name` was built.

    Args:
        left_out: extra indexes that did not answer, so that nothing was looked up there.
    """
    tail = redacted(last_lines(log))
    where = f"environment {name}"
    if NO_SPACE.search(tail):
        return NoSpace(f"{where}: the disk is full", f"free space under {log.parent}", tail)
    if NO_PYTHON.search(tail):
        return ProvisionError(
            f"{where}: its Python version is not on this machine and could not be fetched",
            "install that Python so that it is on the PATH, or let uv reach its downloads",
            tail,
        )
    if unreachable := UNREACHABLE.search(tail):
        return ProvisionError(f"{where}: {unreachable[1]} cannot be reached", NETWORK, tail)
    if missing := NO_WHEEL.search(tail):
        package = next(filter(None, missing.groups())).rstrip(",")
        if left_out:
            index = ", ".join(redacted(url) for url in left_out)
            return ProvisionError(
                f"{where}: the index {index} cannot be reached, and {package} is found nowhere else",
                MIRROR,
                tail,
            )
        return ProvisionError(
            f"{where}: no index has {package} for this machine", f"see {log}; {MIRROR}", tail
        )
    return ProvisionError(f"{where}: uv failed", f"read {log}", tail)


def last_lines(log: Path) -> str:
    """The end of a log file; empty where there is none."""
    if not log.is_file():
        return ""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(deque(lines, TAIL_LINES)).strip()
