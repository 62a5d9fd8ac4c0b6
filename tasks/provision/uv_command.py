"""Running uv: its variables, its log file, and the errors that its failures become."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import uv

from tasks.errors import NoSpace, ProvisionError, ServegaugeError
from tasks.provision.command_failures import DETAIL_LINES, CommandFailure, find_failure
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.pip_settings import redacted
from tasks.text import tail

# These are set for the project that calls uv. They must not steer the environment that is built.
NOT_INHERITED = frozenset({"VIRTUAL_ENV", "UV_PYTHON", "PYTHONPATH"})
MIRROR_REMEDY = (
    "set SERVEGAUGE_EXTRA_INDEX to a mirror's address, or name a folder with the wheels: "
    "pip config set global.find-links FOLDER"
)
NETWORK_REMEDY = (
    "check the network, or name a mirror: pip config set global.index-url ADDRESS; "
    "for an extra index set SERVEGAUGE_EXTRA_INDEX"
)
NO_WHEEL = re.compile(
    r"no (?:version of|wheels?.*?for) (\S+)|Because (\S+) was not found in|(\S+) has no (?:usable )?wheels"
)
FAILURES = (
    CommandFailure(
        re.compile(r"No space left on device|os error 28"),
        NoSpace,
        "the disk is full",
        "free space under {folder}",
    ),
    CommandFailure(
        re.compile(
            r"No interpreter found|No download found|No Python .* found|Failed to .*download.*python", re.I
        ),
        ProvisionError,
        "its Python version is not on this machine and could not be fetched",
        "install that Python so that it is on the PATH, or let uv reach its downloads",
    ),
    CommandFailure(
        re.compile(r"(?:Failed to fetch|error sending request for url)[^h]*(https?://[^\s`)]+)"),
        ProvisionError,
        "{0} cannot be reached",
        NETWORK_REMEDY,
    ),
)
"""In the order of search."""
MISSING_WHEEL = CommandFailure(
    NO_WHEEL, ProvisionError, "no index has {0} for this machine", f"see {{log}}; {MIRROR_REMEDY}"
)
MISSING_WHEEL_AND_INDEX = CommandFailure(
    NO_WHEEL,
    ProvisionError,
    "the index {silent_indexes} cannot be reached, and {0} is found nowhere else",
    MIRROR_REMEDY,
)


def run_uv(arguments: tuple[str, ...], env: Mapping[str, str], log: Path) -> int:
    """Run uv and return its exit code.

    Args:
        arguments: uv's command line.
        env: variables besides those of this process.
        log: the file that uv's output is appended to.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    with log.open("ab") as output:
        return subprocess.run(
            die_with_parent((uv.find_uv_bin(), "--no-progress", *arguments)),
            env={**inherited, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        ).returncode


def explain_failure(name: str, log: Path, silent_indexes: tuple[str, ...]) -> ServegaugeError:
    """Return the error that uv's log explains.

    Args:
        name: the environment that uv was building.
        log: uv's output.
        silent_indexes: addresses of the indexes that did not answer, so that uv did not search them.
    """
    log_end = redacted(tail(log, DETAIL_LINES))
    subject = f"environment {name}"
    missing_wheel = MISSING_WHEEL_AND_INDEX if silent_indexes else MISSING_WHEEL
    error = find_failure(
        log_end,
        (*FAILURES, missing_wheel),
        subject,
        folder=log.parent,
        log=log,
        silent_indexes=", ".join(redacted(url) for url in silent_indexes),
    )
    return error or ProvisionError(f"{subject}: uv failed", f"read {log}", log_end)
