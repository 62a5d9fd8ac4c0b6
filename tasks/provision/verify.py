"""Whether an environment that was just built is what was asked for, as its own interpreter sees it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tasks.errors import InputError, ProvisionError
from tasks.provision.interpreter import installed_packages
from tasks.provision.requirements import Requirements

IMPORTED = {"vllm": "vllm"}
"""The module of an engine; of another one, what it is called is not known."""
IMPORT_LIMIT_S = 300
UNMET = re.compile(r"The package `([^`]+)` requires `([A-Za-z0-9._-]+)[^`]*`, but (.+)")
REMEDY = "run again; if it stays so, mend the pins of the environment's file"


def check_versions(wanted: Requirements, python: Path) -> None:
    """Raises ProvisionError where a package is not there in its pinned version."""
    try:
        found = installed_packages(python)
    except InputError:
        raise ProvisionError(
            f"environment {wanted.name}: its interpreter does not run", f"look into {python.parent}"
        ) from None
    for pin in wanted.pins:
        requirement = Requirement(pin)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        version = found.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            raise ProvisionError(
                f"environment {wanted.name}: {pin} was not installed (there is {version})",
                "run again; if it stays so, the index serves another version under this name",
            )


def check_needs(wanted: Requirements, said: str) -> None:
    """Raises ProvisionError for a need that is not met, by the words of `uv pip check`.

    What the environment leaves out on purpose (NAME.override) is no lack. Whether a wheel fits the platform
    is left to the import: uv's tags refuse some that work.
    """
    for package, needed, but in _unmet(said):
        if canonicalize_name(needed) not in wanted.left_out:
            raise ProvisionError(
                f"environment {wanted.name}: {package} requires {needed}, but {but.strip()}", REMEDY
            )


def check_import(wanted: Requirements, python: Path, env: Mapping[str, str]) -> None:
    """Raises ProvisionError where the engine cannot be imported, with the last lines of what it said."""
    if (module := IMPORTED.get(wanted.engine)) is None:
        return
    what = f"environment {wanted.name}: {module} cannot be imported"
    try:
        answer = subprocess.run(
            (str(python), "-c", f"import {module}"),
            capture_output=True,
            text=True,
            timeout=IMPORT_LIMIT_S,
            cwd=python.parent,
            env=dict(env),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(f"{what} ({type(error).__name__})", REMEDY) from None
    if answer.returncode:
        tail = "\n".join(answer.stderr.splitlines()[-15:])
        raise ProvisionError(what, "see what it says; another version may fit this machine", tail)


def _unmet(said: str) -> Iterator[tuple[str, str, str]]:
    for found in UNMET.finditer(said):
        package, needed, but = found.groups()
        yield package, needed, but
