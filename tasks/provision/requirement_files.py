"""The requirement files in deployments/environments: finding and reading them."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import ValidationError

from tasks.config.home import checkout
from tasks.errors import InputError
from tasks.provision.requirements import Requirements
from tasks.text import did_you_mean

HEADER = "# servegauge:"
"""Prefix of the line that sets fields of `Requirements`, such as `python=3.12 closed=true`."""
OPTION = re.compile(r"(?P<name>--[a-z-]+)[ =]+(?P<value>.+)")


def environments_folder() -> Path:
    """Return the folder of the bundled requirement files."""
    return checkout() / "deployments" / "environments"


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
