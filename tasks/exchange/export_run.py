"""Writes the load points of a recorded run as the files of another load generator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tasks.config.access import system_text
from tasks.errors import InputError
from tasks.exchange.exported_by import MARK, mark
from tasks.exchange.writers.writer import Writer
from tasks.exchange.writers.writer_registry import WRITERS
from tasks.record.read_run import recorded_points, recorded_run
from tasks.record.results import RecordedPoint, RunRecord
from tasks.record.store import Store

UNSAID = ("conversation", "mix", "abandon")
"""Fields of a sweep that no form has a place for. Without them its load reads as a plain one."""


class Exported(NamedTuple):
    """The files that were written. `notes`: a sentence for each point that was not, or that is in doubt."""

    files: tuple[Path, ...]
    notes: tuple[str, ...]


def export_run(store: Store, run_id: str, form: str, folder: Path, sweep: str | None = None) -> Exported:
    """Write every valid or suspect point of a run. A point that is invalid is left out, and noted.

    Args:
        store: the tables.
        run_id: the run.
        form: a key of WRITERS.
        folder: where to write; a file that is there already is never replaced.
        sweep: the only sweep to write; None for all.

    Raises:
        InputError: no point can be written, or a file cannot.
    """
    run = recorded_run(store, run_id)
    points = [point for point in recorded_points(store, run) if sweep in (None, point.result.sweep)]
    contents: dict[str, Any] = {}
    notes = []
    for point in points:
        doubt = _doubt(point)
        if point.verdict.verdict != "invalid":
            try:
                contents |= _marked_files(WRITERS[form], run, point)
            except InputError as error:
                doubt = f"{_name(point)} is left out: {error.what}"
        if doubt:
            notes.append(doubt)
    notes += _unsaid(run, points)
    if not contents:
        why = "; ".join(notes) or f"it has no points{f' of a sweep {sweep!r}' if sweep else ''}"
        raise InputError(f"nothing of {run_id} can be exported: {why}", "choose another run or sweep")
    return Exported(_write(folder, contents), tuple(notes))


def _doubt(point: RecordedPoint) -> str | None:
    verdict = point.verdict
    if verdict.verdict == "valid":
        return None
    end = "left out" if verdict.verdict == "invalid" else "exported all the same"
    return f"{_name(point)} is {verdict.verdict} and {end}: {'; '.join(verdict.reasons)}"


def _unsaid(run: RunRecord, points: Sequence[RecordedPoint]) -> list[str]:
    """Return a note for each sweep whose requests no form can tell from those of a plain load."""
    exported, notes = {point.result.sweep for point in points}, []
    for sweep in json.loads(run.spec_json or "{}").get("sweeps", ()):
        fields = [name for name in UNSAID if sweep.get(name)]
        if fields and sweep["name"] in exported:
            notes.append(f"{sweep['name']}: no form has a field for its {' and '.join(fields)}")
    return notes


def _name(point: RecordedPoint) -> str:
    return f"{point.result.sweep} {point.result.load.text}"


def _marked_files(writer: Writer, run: RunRecord, point: RecordedPoint) -> dict[str, Any]:
    files = dict(writer.files(run, point.result))
    for path in files:
        if path.endswith(writer.marked):
            files[path] = {**files[path], MARK: mark(run, point)}
    return files


def _write(folder: Path, contents: dict[str, Any]) -> tuple[Path, ...]:
    written = []
    try:
        there = [name for name in contents if (folder / name).exists()]
        if there:
            raise InputError(f"{folder / there[0]} exists already", "give another folder with --to")
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {system_text(error)}", "give another folder with --to"
        ) from error
    return tuple(written)
