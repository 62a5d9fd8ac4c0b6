"""Bundled serving environments: reading a requirement file and its identity in cache keys."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Self

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import ValidationError, model_validator

from tasks.config.base import Frozen
from tasks.config.home import checkout
from tasks.config.started_server import Device
from tasks.errors import InputError
from tasks.provision.engine_packages import engine_packages
from tasks.provision.interpreter import interpreter_build, interpreter_path
from tasks.provision.provisioned import EngineBuild
from tasks.text import did_you_mean

HEADER = "# servegauge:"
OPTION = re.compile(r"(?P<name>--[a-z-]+)[ =]+(?P<value>.+)")


class Requirements(Frozen):
    """One requirement file of deployments/environments."""

    name: str
    """The file's stem."""
    engine: str = "vllm"
    device: Device = "cuda"
    """What the engine computes on."""
    python: str
    """The Python version."""
    closed: bool = False
    """Every package is pinned, so nothing is resolved at installation."""
    pre: bool = False
    """Pre-releases are allowed."""
    platform: str | None = None
    """The machine that `compile_pins` resolves for, as uv names it."""
    disk_gb: float = 5
    """Gigabytes that must be free before a build."""
    extra_indexes: tuple[str, ...] = ()
    pins: tuple[str, ...]
    """Normalised `name==version` lines, sorted."""
    omitted_packages: frozenset[str] = frozenset()
    """Dependencies that the environment omits on purpose (NAME.override)."""

    @model_validator(mode="after")
    def _check_pins(self) -> Self:
        if not self._engine_pins:
            distributions = engine_packages(self.engine).distributions
            raise ValueError(f"pins no engine (one of {', '.join(distributions)})")
        open_pins = [pin for pin in self.pins if "==" not in pin]
        if self.closed and open_pins:
            raise ValueError(f"is closed, but {open_pins[0]} is no exact pin")
        return self

    @property
    def build(self) -> EngineBuild:
        """The identity; its digest is over the pins, the Python version and `closed`."""
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
        distributions = engine_packages(self.engine).distributions
        return [pin for pin in self.pins if pin.split("==")[0] in distributions and "==" in pin]


def environments_folder() -> Path:
    """Return the folder of the bundled requirement files."""
    return checkout() / "deployments" / "environments"


def environment_build(name: str) -> EngineBuild:
    """Return the identity of an environment, without building it.

    Args:
        name: the stem of a bundled file, `current`, or the path of an interpreter.

    Raises:
        InputError: the name is unknown, the file has a wrong line, or the interpreter has no vLLM.
    """
    python = interpreter_path(name)
    return interpreter_build(name, python) if python else find_requirements(name).build


def find_requirements(name: str) -> Requirements:
    """Read the bundled file of that name.

    Raises:
        InputError: there is no such file, or it has a wrong line.
    """
    file = environments_folder() / f"{name}.txt"
    if "/" not in name and file.is_file():
        return read_requirements(file)
    bundled_names = sorted(path.stem for path in environments_folder().glob("*.txt"))
    raise InputError(
        f"no environment is called {name!r}",
        f"{did_you_mean(name, bundled_names)}bundled are: {', '.join(bundled_names)}; "
        "or give `current` or a path to an interpreter",
    )


def read_requirements(file: Path) -> Requirements:
    """Read a requirement file, or the `.in` it is made from.

    Raises:
        InputError: a line is no requirement or no known option, or no engine is pinned.
    """
    header: dict[str, str] = {}
    indexes, pins, pre = list[str](), list[str](), False
    for number, raw_line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if raw_line.startswith(HEADER):
            header |= _parse_header(raw_line)
            continue
        line = raw_line.split(" #")[0].strip().removesuffix("\\").strip()
        option = OPTION.match(line)
        if not line or line.startswith("#"):
            continue
        if line == "--pre":
            pre = True
        elif option and option["name"] == "--extra-index-url":
            indexes.append(option["value"])
        else:
            pins.append(_normalised_pin(line, f"{file.name} line {number}"))
    lists = {"pre": pre, "extra_indexes": indexes, "pins": sorted(pins)}
    omitted = {"omitted_packages": _read_override(file.with_suffix(".override"))}
    return _validated(file, {"name": file.stem, **header, **lists, **omitted})


def _parse_header(line: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for word in line[len(HEADER) :].split():
        name, _, value = word.partition("=")
        fields[name] = value
    return fields


def _validated(file: Path, values: dict[str, object]) -> Requirements:
    try:
        return Requirements.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{file.name}: {field}: {first['msg']}", f"correct {file}") from None


def _read_override(file: Path) -> frozenset[str]:
    """Return the packages that an override file excludes from the environment; empty without a file."""
    if not file.is_file():
        return frozenset()
    names = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.strip().startswith("#"):
            names.add(str(canonicalize_name(Requirement(line.strip()).name)))
    return frozenset(names)


def _normalised_pin(line: str, where: str) -> str:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        raise InputError(
            f"{where}: {line!r} is no requirement", "write one pin a line, name==version"
        ) from None
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{canonicalize_name(requirement.name)}{extras}{requirement.specifier}{marker}"
