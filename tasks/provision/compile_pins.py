"""The command `python -m tasks.provision.compile_pins NAME...`: resolves `NAME.in` into `NAME.txt`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import uv

from tasks.errors import ExecutionError, ServegaugeError
from tasks.provision.indexes import choose_indexes
from tasks.provision.pip_settings import redacted, uv_settings
from tasks.provision.requirement_files import HEADER, environments_folder, read_requirements
from tasks.provision.requirements import Requirements


def compile_pins(name: str) -> None:
    """Resolve one file for the machine that its header names. Only metadata is downloaded.

    The `.txt` lists the file's own extra indexes, never the addresses of this machine's settings.

    Raises:
        InputError: the file has a wrong line.
        ExecutionError: uv finds no solution, or no index answers.
    """
    folder = environments_folder()
    requirements = read_requirements(folder / f"{name}.in")
    pins = resolve(requirements, requirements.pins)
    (folder / f"{name}.txt").write_text(header(requirements) + pins, encoding="utf-8")


def resolve(requirements: Requirements, pins: Sequence[str], *arguments: str) -> str:
    """Return the lines `name==version` that uv resolves pins to, for the environment's machine.

    Args:
        requirements: the environment: its Python, platform, indexes and overrides.
        pins: what to resolve.
        arguments: further arguments of `uv pip compile`.

    Raises:
        ExecutionError: uv finds no solution, or no index answers.
    """
    settings = uv_settings()
    indexes = choose_indexes(requirements.extra_indexes, settings)
    result = subprocess.run(
        (uv.find_uv_bin(), *_arguments(requirements), *arguments, *settings.flags),
        input="\n".join(pins),
        env={**os.environ, **settings.env, "UV_INDEX": " ".join(indexes.answering)},
        cwd=environments_folder(),
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise ExecutionError(
            f"{requirements.name}.in cannot be resolved",
            "correct the file, or make its indexes reachable",
            redacted(result.stderr.strip()),
        )
    return result.stdout


def _arguments(requirements: Requirements) -> list[str]:
    arguments = ["pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    arguments += ["--python-version", requirements.python]
    if requirements.platform:
        arguments += ["--python-platform", requirements.platform]
    if (environments_folder() / f"{requirements.name}.override").is_file():
        arguments += ["--override", f"{requirements.name}.override"]
    if requirements.pre:
        arguments += ["--prerelease", "allow"]
    return arguments


def header(requirements: Requirements) -> str:
    """Return the lines before the pins of a `.txt`."""
    lines = [
        f"{HEADER} engine={requirements.engine} device={requirements.device} python={requirements.python} "
        f"closed=true disk_gb={requirements.disk_gb:g}",
        f"# Made from {requirements.name}.in by: python -m tasks.provision.compile_pins {requirements.name}",
    ]
    if requirements.pre:
        lines.append("--pre")
    lines += [f"--extra-index-url {url}" for url in requirements.extra_indexes]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        for environment in sys.argv[1:]:
            compile_pins(environment)
    except ServegaugeError as error:
        sys.exit(f"{error}\n{error.detail}")
