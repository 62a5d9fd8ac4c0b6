"""Reads a spec from its YAML file, applies overrides and validates it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import yaml
from pydantic import ValidationError

from tasks.config.bounded_yaml import MOST_CHARACTERS, TooLargeError, load_yaml
from tasks.config.home import checkout, expanded
from tasks.config.overrides import apply_overrides
from tasks.config.spec import Spec
from tasks.config.spec_errors import spec_error
from tasks.config.spec_paths import Fields, make_paths_absolute
from tasks.errors import InputError
from tasks.text import did_you_mean

SPECS = checkout() / "deployments" / "specs"


def spec_names() -> list[str]:
    """Return the names of the bundled specs, sorted."""
    return sorted(path.stem for path in SPECS.glob("*.yaml"))


def load_spec(
    name_or_file: str, overrides: Sequence[str] = (), change: Callable[[Fields], None] | None = None
) -> Spec:
    """Read a spec, apply `path.to.field=value` overrides and validate it.

    Paths in the file are relative to the file. Paths in overrides and from `change` are relative to the
    working directory.

    Args:
        name_or_file: a bundled spec, or the path of a YAML file.
        overrides: applied in order; a later one overrides an earlier one.
        change: edits the raw fields of the file in place, before the overrides are applied.

    Raises:
        InputError: there is no such spec, it is not YAML, or a field is wrong.
    """
    fields = read_fields(name_or_file)
    if change:
        change(fields)
    apply_overrides(fields, overrides)
    make_paths_absolute(fields, Path.cwd())
    try:
        return Spec.model_validate(fields)
    except ValidationError as error:
        raise spec_error(error, f"spec {name_or_file}") from None


def read_fields(name_or_file: str) -> Fields:
    """Return the raw fields of a spec with absolute paths, unchecked.

    Raises:
        InputError: there is no such spec, or it is not YAML.
    """
    file = _spec_file(name_or_file)
    fields = _read_yaml(file)
    make_paths_absolute(fields, file.parent)
    return fields


def _spec_file(name_or_file: str) -> Path:
    """Return the file of a spec. Raise InputError if it does not exist."""
    path = expanded(name_or_file)
    if path.suffix in {".yaml", ".yml"} or "/" in name_or_file:
        with suppress(OSError):  # the name is too long
            if path.is_file():
                return path.resolve()
        raise InputError(f"no spec file at {name_or_file}", "give a YAML file that exists, or a bundled name")
    names = spec_names()
    if name_or_file not in names:
        raise InputError(
            f"no spec is called {name_or_file!r}",
            f"{did_you_mean(name_or_file, names)}bundled are: {', '.join(names)}; or give a .yaml file",
        )
    return SPECS / f"{name_or_file}.yaml"


def _read_yaml(file: Path) -> Fields:
    """Return the raw fields of a spec file. Raise InputError if it is unreadable or not a mapping."""
    try:
        fields = load_yaml(_text_of(file))
    except yaml.YAMLError as error:
        raise _syntax_error(file, error) from None
    except TooLargeError as error:
        raise InputError(f"{file.name} is no spec: {error}", "shorten it") from None
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a date that does not exist
        raise InputError(f"{file}: cannot be read ({error})", "give a readable text file") from None
    if not isinstance(fields, dict):
        raise InputError(f"{file.name} holds no fields", "make one that does: servegauge init NEW.yaml")
    return fields


def _text_of(file: Path) -> str:
    """Return at most one character more than YAML may have, because the file may be an endless device."""
    with file.open(encoding="utf-8") as opened:
        return opened.read(MOST_CHARACTERS + 1)


def _syntax_error(file: Path, error: yaml.YAMLError) -> InputError:
    mark = getattr(error, "problem_mark", None)
    line = f" line {mark.line + 1}" if mark else ""
    problem = getattr(error, "problem", None) or "unreadable"
    return InputError(f"{file.name}{line}: not YAML ({problem})", "correct the syntax there")
