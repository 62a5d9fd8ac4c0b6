"""The mark in exported files: whose figures and definitions they hold, whatever tool's form they have."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any

from tasks.errors import InputError
from tasks.exchange.definitions import tool_key
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.tools import OWN, TOOLS
from tasks.record.results import RecordedPoint, RunRecord

MARK = "exported_by_servegauge"


def mark(run: RunRecord, point: RecordedPoint) -> dict[str, Any]:
    """Return what a form has no field for: the origin of the figures, their definitions and the verdict."""
    source = run.manifest.source or f"{OWN} {version('servegauge')}"
    return {
        "source": source,
        "run_id": run.run_id,
        "measured_at": run.started_at.isoformat(),
        "sweep": point.result.sweep,
        "repeat": point.result.repeat,
        "verdict": point.verdict.verdict,
        "reasons": list(point.verdict.reasons),
        "definitions": {name: entry.text for name, entry in TOOLS[tool_key(source)].definitions.items()},
    }


def with_origin(run: ForeignRun, content: Any) -> ForeignRun:
    """Return a run under the tool that measured it, where the file was exported and only has another's form.

    Raises:
        InputError: the mark names no tool that is known.
    """
    exported = content.get(MARK) if isinstance(content, dict) else None
    if not isinstance(exported, dict):
        return run
    source = str(exported.get("source"))
    if tool_key(source) not in TOOLS:
        raise InputError(f"{MARK} names an unknown tool: {source!r}", "give the file as it was exported")
    return run.model_copy(
        update={
            "tool": tool_key(source),
            "version": source.partition(" ")[2] or None,
            "measured_at": _time(exported.get("measured_at")) or run.measured_at,
        }
    )


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
