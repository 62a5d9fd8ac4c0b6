"""Makes the relative paths in a spec's raw fields absolute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.home import expanded, looks_like_path

Fields = dict[str, Any]


def make_paths_absolute(fields: Fields, folder: Path) -> None:
    """Resolve every relative path against a folder, in place. Skip invalid values; validation reports them.

    Raises:
        InputError: a path begins with the home of a user that does not exist.
    """
    _replace_path(fields, "environment", folder)
    server = fields.get("server")
    if isinstance(server, dict):
        if server.get("kind") != "endpoint":  # there it is a name: llama.cpp calls a model `name.gguf`
            _replace_path(server, "model", folder)
        _replace_path(server, "tokenizer", folder)
        _replace_program(server, folder)
    for sweep in _entries(fields, "sweeps"):
        if str(sweep.get("dataset", "")).endswith(".jsonl"):
            sweep["dataset"] = str(folder / expanded(sweep["dataset"]))
        _replace_file(sweep, "lengths", folder)
        if isinstance(sweep.get("conversation"), dict):
            _replace_file(sweep["conversation"], "file", folder)
        loads = sweep.get("load")
        for load in [loads] if isinstance(loads, dict) else _entries(sweep, "load"):
            _replace_file(load, "trace", folder)
    for question_set in _entries(fields, "accuracy"):
        if isinstance(question_set.get("path"), str):
            question_set["path"] = str((folder / expanded(question_set["path"])).resolve())


def _replace_path(fields: Fields, name: str, folder: Path) -> None:
    value = fields.get(name)
    if isinstance(value, str):
        fields[name] = _absolute(value, folder)


def _replace_file(fields: Fields, name: str, folder: Path) -> None:
    """Make the path of a file absolute; unlike a model's name, it is never a name on a hub."""
    value = fields.get(name)
    if isinstance(value, str):
        fields[name] = str(folder / expanded(value))


def _replace_program(server: Fields, folder: Path) -> None:
    """Make the program of a server's command absolute: the first word of `command`."""
    command = server.get("command")
    if isinstance(command, list) and command and isinstance(command[0], str):
        server["command"] = [_absolute(command[0], folder), *command[1:]]


def _absolute(value: str, folder: Path) -> str:
    """Return the absolute path if the value looks like a path."""
    if looks_like_path(value) or value.endswith(".gguf"):
        # Keep links: the Python of a virtual environment is a link, and its target lacks the packages.
        return str(folder / expanded(value))
    return value


def _entries(fields: Fields, name: str) -> list[Fields]:
    entries = fields.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
