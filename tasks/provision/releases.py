"""Asks the package index for an engine's newest release, and builds a bundled environment with it."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import Requirement

from tasks.config.home import home
from tasks.errors import ExecutionError, InputError
from tasks.provision.compile_pins import header, resolve
from tasks.provision.engine_packages import engine_packages
from tasks.provision.environment import build_environment
from tasks.provision.provisioned import Environment
from tasks.provision.requirement_files import environments_folder, read_requirements
from tasks.provision.requirements import Requirements

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)


def release_requirements(name: str | None) -> Requirements:
    """Return the requirements that a bundled environment is made from.

    Raises:
        InputError: the name is not that of a bundled `.in` file, or the file has a wrong line.
    """
    file = environments_folder() / f"{name}.in"
    if name is None or "/" in name or not file.is_file():
        bundled = ", ".join(sorted(path.stem for path in environments_folder().glob("*.in")))
        raise InputError(
            f"the environment {name} names no package whose releases can be watched",
            f"name a bundled one in the spec's `environment`: {bundled}",
        )
    return read_requirements(file)


def newest_release(requirements: Requirements) -> str:
    """Return the newest version of the environment's engine on the machine's package indexes.

    Raises:
        ExecutionError: no index answers, or none has the engine for this machine.
    """
    package = _engine(requirements)
    resolved = resolve(requirements, [package], "--no-deps")
    for match in _PIN.finditer(resolved):
        if match["name"] == package:
            return match["version"]
    raise ExecutionError(f"no index has {package}", "check the network and pip's index-url")


def build_release(requirements: Requirements, version: str) -> Environment:
    """Return the environment with another version of its engine; resolve and build it if it is new.

    Raises:
        ExecutionError: it cannot be resolved, or an index, the disk or a Python version is missing.
    """
    file = _release_file(requirements, version)
    if not file.exists():
        package = _engine(requirements)
        pins = [_with_version(pin, package, version) for pin in requirements.pins]
        text = header(requirements) + resolve(requirements, pins)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    return build_environment(read_requirements(file))


def _release_file(requirements: Requirements, version: str) -> Path:
    return home() / "releases" / f"{requirements.name}-{version}.txt"


def _engine(requirements: Requirements) -> str:
    """Return the distribution of the engine that the environment holds."""
    names = {Requirement(pin).name for pin in requirements.pins}
    return next(name for name in engine_packages(requirements.engine).distributions if name in names)


def _with_version(pin: str, package: str, version: str) -> str:
    requirement = Requirement(pin)
    if requirement.name != package:
        return pin
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{package}{extras}=={version}"
