"""Existing environments: an interpreter, its packages and the engine installed in it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from tasks.config.started_server import Device
from tasks.errors import InputError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.engine_packages import engine_packages
from tasks.provision.provisioned import EngineBuild

LIST_PACKAGES = (
    "import importlib.metadata as m, json; "
    "print(json.dumps([[d.metadata['Name'], d.version] for d in m.distributions() if d.metadata['Name']]))"
)
LIST_LIMIT_S = 60


def interpreter_path(name: str) -> Path | None:
    """Return the interpreter that `current` or a path names; None if `name` names a bundled file."""
    if name == "current":
        return Path(sys.executable)
    if "/" in name or name.startswith("~"):
        return Path(name).expanduser().absolute()
    return None


def interpreter_build(name: str, python: Path, engine: str = "vllm") -> EngineBuild:
    """Return an engine's build of an interpreter; its digest is over all packages, not over the path.

    Args:
        name: the spec's `environment`.
        python: the interpreter.
        engine: the engine that it must have, as in `engine_packages.py`.

    Raises:
        InputError: it does not run, or it lacks the engine.
    """
    versions = installed_packages(python)
    distributions = engine_packages(engine).distributions
    for distribution in distributions:
        version = versions.get(distribution)
        if version:
            device: Device = "cpu" if distribution.endswith("-cpu") or version.endswith("+cpu") else "cuda"
            return EngineBuild(
                # The name is recorded, and a path of this machine must not be.
                name="current" if name == "current" else "interpreter",
                engine=engine,
                version=version,
                digest=packages_digest(versions),
                device=device,
            )
    lacking = "no " if len(distributions) == 1 else "neither "
    raise InputError(
        f"environment {name}: {python} has {lacking}{' nor '.join(distributions)}", remedy(engine)
    )


def remedy(engine: str) -> str:
    """Return what to put into the spec's `environment` instead."""
    return f"give `current`, a bundled environment, or the python of an environment with {engine} installed"


def packages_digest(versions: Mapping[str, str]) -> str:
    """Return a SHA-256 over names and versions, sorted by name."""
    content = "\n".join(f"{name}=={versions[name]}" for name in sorted(versions))
    return hashlib.sha256(content.encode()).hexdigest()


def installed_packages(python: Path) -> dict[str, str]:
    """Return versions by normalised distribution name, as the interpreter itself lists them.

    Raises:
        InputError: it does not exist, does not run, or prints something else.
    """
    try:
        # Its own folder as the working directory: `-c` puts the working directory first on sys.path.
        result = subprocess.run(
            die_with_parent((str(python), "-c", LIST_PACKAGES)),
            capture_output=True,
            timeout=LIST_LIMIT_S,
            check=True,
            cwd=python.parent,
        )
        packages = json.loads(result.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise InputError(f"{python} is no Python interpreter that runs", remedy("vllm")) from None
    # Reversed, so that the first of two distributions with one name wins: Python imports the first one.
    return {canonicalize_name(name): version for name, version in reversed(packages)}
