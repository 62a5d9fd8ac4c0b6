"""Checks of an environment that was just built: its versions, its dependencies, the import of its engine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tasks.errors import InputError, ProvisionError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.engine_packages import engine_packages
from tasks.provision.interpreter import installed_packages
from tasks.provision.requirements import Requirements
from tasks.text import last_lines

IMPORT_LIMIT_S = 300
DETAIL_LINES = 15
UNMET_DEPENDENCY = re.compile(
    r"The package `(?P<package>[^`]+)` requires `(?P<dependency>[A-Za-z0-9._-]+)[^`]*`, but (?P<problem>.+)"
)
REMEDY = "run again; if it stays so, correct the pins of the environment's file"


def check_versions(requirements: Requirements, python: Path) -> None:
    """Check that the environment of an interpreter has every pinned version.

    Raises:
        ProvisionError: a package is missing or has another version, or the interpreter does not run.
    """
    try:
        versions = installed_packages(python)
    except InputError:
        raise ProvisionError(
            f"environment {requirements.name}: its interpreter does not run", f"look into {python.parent}"
        ) from None
    for pin in requirements.pins:
        requirement = Requirement(pin)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        version = versions.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            raise ProvisionError(
                f"environment {requirements.name}: {pin} was not installed (there is {version})",
                "run again; if it stays so, the index serves another version under this name",
            )


def check_dependencies(requirements: Requirements, pip_check_output: str) -> None:
    """Check the output of `uv pip check` for dependencies that are not met.

    Packages that the environment omits on purpose (NAME.override) may be missing. Lines about a wheel's
    platform are ignored, because uv refuses platform tags that work; `check_import` covers them.

    Raises:
        ProvisionError: a dependency is not met.
    """
    for unmet in UNMET_DEPENDENCY.finditer(pip_check_output):
        if canonicalize_name(unmet["dependency"]) not in requirements.omitted_packages:
            raise ProvisionError(
                f"environment {requirements.name}: {unmet['package']} requires {unmet['dependency']}, "
                f"but {unmet['problem'].strip()}",
                REMEDY,
            )


def check_import(requirements: Requirements, python: Path, env: Mapping[str, str]) -> None:
    """Check that the engine can be imported; an engine whose module is not known passes.

    Raises:
        ProvisionError: the import fails; the detail has its last lines.
    """
    module = engine_packages(requirements.engine).module
    if module is None:
        return
    what = f"environment {requirements.name}: {module} cannot be imported"
    try:
        result = subprocess.run(
            die_with_parent((str(python), "-c", f"import {module}")),
            capture_output=True,
            text=True,
            timeout=IMPORT_LIMIT_S,
            cwd=python.parent,
            env=dict(env),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(f"{what} ({type(error).__name__})", REMEDY) from None
    if result.returncode:
        remedy = "read the error below; another version may fit this machine"
        raise ProvisionError(what, remedy, last_lines(result.stderr, DETAIL_LINES))
