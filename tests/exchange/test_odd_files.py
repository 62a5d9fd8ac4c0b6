"""Files whose values are odd: each is read, or refused as a wrong input; none is an error of this program."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS, SCORES

ODD: tuple[Any, ...] = (-2, 0, 0.5, 1e300, "x", "", None, [], {}, True, [-1], {"x": 1})
Place = tuple[str | int, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield where values are, the whole of lists and objects included; of a list, the first element alone."""
    if above:
        yield above
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for key, each in inner:
        yield from places(each, (*above, key))


def with_value(content: Any, place: Place, value: Any) -> Any:
    """Return the content with a value at a place."""
    changed = json.loads(json.dumps(content))
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def results_of(path: Path, tool: str) -> Path:
    """Return the file of a tool's results whose values are changed."""
    files = sorted(file for file in path.rglob("*.json*")) if path.is_dir() else [path]
    return next(file for file in files if "predictions" not in file.parts and "reviews" not in file.parts)


@pytest.mark.parametrize("tool", [*PATHS, *SCORES])
def test_no_value_of_a_file_ends_the_import_with_an_error_of_this_program(tool: str, tmp_path: Path) -> None:
    original = (PATHS | SCORES)[tool]
    copy = tmp_path / original.name
    if original.is_dir():
        shutil.copytree(original, copy)
    else:
        shutil.copy(original, copy)
    file = results_of(copy, tool)
    text = file.read_text(encoding="utf-8")
    content = json.loads(text.splitlines()[0] if file.suffix == ".jsonl" else text)
    refused = 0
    for place in places(content):
        for value in ODD:
            file.write_text(json.dumps(with_value(content, place, value)), encoding="utf-8")
            try:
                read_foreign_run(copy)
            except InputError:
                refused += 1
            except Exception as error:
                pytest.fail(f"{'.'.join(map(str, place))} = {value!r}: {type(error).__name__}: {error}")
    assert refused
