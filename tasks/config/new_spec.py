"""Writes a new spec file for a person to edit."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from tasks.config.access import other_file
from tasks.config.commented_spec import commented_spec, plain_spec
from tasks.config.home import expanded
from tasks.config.spec import Spec
from tasks.config.spec_errors import spec_error
from tasks.config.spec_file import read_fields
from tasks.config.spec_paths import Fields
from tasks.config.spec_schema import editor_line
from tasks.errors import InputError

HEAD = """\
{editor_line}
# A copy of the spec {source}.
# Check it: servegauge validate {file}
# Run it: servegauge run {file}
# Lines with # and no space after it are fields at their defaults: remove the # to set one.

"""


def init_spec(address: str, source: str) -> Path:
    """Copy a spec into a new file, with a comment for every field. The copy is named after the file.

    Args:
        address: the file to write, as a user gives it.
        source: a bundled spec, or the path of a YAML file.

    Raises:
        InputError: the file exists or cannot be written, its name is none for a spec, or `source` is wrong.
    """
    file = _checked_file(address)
    fields = read_fields(source)
    fields = {"name": file.stem, **{name: value for name, value in fields.items() if name != "name"}}
    _check(fields, f"a copy of {source} as {address}")
    head = HEAD.format(editor_line=editor_line(file), source=source, file=shlex.quote(address))
    _write_new(file, f"{head}{commented_spec(fields)}")
    return file


def save_spec(address: str, fields: Fields) -> Path:
    """Write a spec's fields into a new file. A file that has the same content already is left alone.

    Raises:
        InputError: another file is there, or it cannot be written.
    """
    file = _checked_file(address)
    text = f"{editor_line(file)}\n{plain_spec(fields)}"
    with suppress(OSError, ValueError):  # ValueError: not UTF-8
        if file.read_text(encoding="utf-8") == text:
            return file
    _write_new(file, text)
    return file


def spec_name(address: str) -> str:
    """Return the name that a spec has after its file. Raise InputError if the file is none of a spec."""
    return _checked_file(address).stem


def _write_new(file: Path, text: str) -> None:
    """Write a spec's file. Raise InputError if it exists or cannot be written."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise InputError(f"{file} exists already", "give another name, or remove the file first") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}", other_file(error)) from None


def _checked_file(address: str) -> Path:
    file = expanded(address)
    if file.suffix not in {".yaml", ".yml"}:
        raise InputError(f"{address} is no name of a spec file", f"write it as {address}.yaml")
    return file


def _check(fields: Fields, where: str) -> None:
    """Raise InputError if the fields are no valid spec."""
    try:
        Spec.model_validate(fields)
    except ValidationError as error:
        raise spec_error(error, where) from None
