"""From a spec's name or file and its overrides to one checked `Spec`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tasks.config.home import checkout, expanded
from tasks.config.overrides import apply_overrides
from tasks.config.spec import Spec
from tasks.config.spec_errors import explain
from tasks.errors import InputError

Node = dict[str, Any]


def spec_names() -> list[str]:
    """Names of the bundled specs, sorted."""
    return sorted(path.stem for path in (checkout() / "deployments" / "specs").glob("*.yaml"))


def load_spec(
    name_or_file: str, overrides: Sequence[str] = (), change: Callable[[Node], None] | None = None
) -> Spec:
    """Read a spec, apply `path.to.field=value` overrides, check it.

    Paths in the file are relative to the file; paths in an override or a change to the working directory.

    Args:
        name_or_file: a bundled spec, or the path of a YAML file.
        overrides: applied in this order, the last one wins.
        change: called with the fields as the file has them, before the overrides; edits them in place.

    Raises:
        InputError: no such spec, not YAML, or a field is wrong; names the field and what is allowed.
    """
    file = _find(name_or_file)
    data = _read(file)
    _anchor(data, file.parent)
    if change:
        change(data)
    apply_overrides(data, overrides)
    _anchor(data, Path.cwd())
    try:
        return Spec.model_validate(data)
    except ValidationError as error:
        raise explain(error, data, f"spec {name_or_file}") from None


def _find(name_or_file: str) -> Path:
    path = expanded(name_or_file)
    if path.suffix in {".yaml", ".yml"} or "/" in name_or_file:
        with suppress(OSError):  # a name that is too long
            if path.is_file():
                return path.resolve()
        raise InputError(f"no spec file at {name_or_file}", "give a YAML file that exists, or a bundled name")
    if name_or_file in spec_names():
        return checkout() / "deployments" / "specs" / f"{name_or_file}.yaml"
    near = get_close_matches(name_or_file, spec_names(), 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(
        f"no spec is called {name_or_file!r}",
        f"{hint}bundled are: {', '.join(spec_names())}; or give a .yaml file",
    )


def _read(file: Path) -> Node:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        where = f" line {mark.line + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        problem = getattr(error, "problem", None) or "unreadable"
        raise InputError(
            f"{file.name}{where}: not YAML ({problem})", "mend the file's syntax there"
        ) from None
    except (OSError, ValueError) as error:  # not UTF-8, or a date that is none
        raise InputError(f"{file}: cannot be read ({error})", "give a readable text file") from None
    if not isinstance(data, dict):
        raise InputError(f"{file.name} holds no fields", "start from a bundled spec, for example smoke")
    return data


def _anchor(data: Node, folder: Path) -> None:
    """Make the paths of a raw spec absolute; what is no path, or is wrong, is left for the check."""
    for key in ("environment",):
        _anchor_field(data, key, folder)
    if isinstance(server := data.get("server"), dict):
        for key in ("model", "tokenizer"):
            _anchor_field(server, key, folder)
        if isinstance(command := server.get("command"), list) and command:
            program = {"program": command[0]}
            _anchor_field(program, "program", folder)
            server["command"] = [program["program"], *command[1:]]
    for sweep in _entries(data, "sweeps"):
        if str(sweep.get("dataset", "")).endswith(".jsonl"):
            sweep["dataset"] = str(folder / expanded(sweep["dataset"]))
    for accuracy in _entries(data, "accuracy"):
        if isinstance(path := accuracy.get("path"), str):
            accuracy["path"] = str((folder / expanded(path)).resolve())


def _entries(data: Node, key: str) -> list[Node]:
    entries = data.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _anchor_field(node: Node, key: str, folder: Path) -> None:
    """A hub id also has slashes, so only what starts like a path is taken for one."""
    value = node.get(key)
    if isinstance(value, str) and (value.startswith((".", "/", "~")) or value.endswith(".gguf")):
        # Not resolved: the interpreter of a virtual environment is a link, and the link is what matters.
        node[key] = str(folder / expanded(value))
