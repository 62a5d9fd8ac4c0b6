"""Reads rows that earlier versions wrote, which lack columns or hold them in another form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tasks.config.load import Load, read_load

REUSED = "reused: measured by "
"""Version 0.1.0 put the run that measured a reused point behind this, as the first of its `reasons`."""


def load_of(row: Mapping[str, Any]) -> Load:
    """A point's load; version 0.1.0 recorded its level alone."""
    if settings := row["load_settings"]:
        return read_load(json.loads(settings))
    return read_load({"concurrency": row["concurrency"], "rate": row["rate"], "requests": row["requests"]})


def label_of(row: Mapping[str, Any]) -> str:
    """The label of a row's load; version 0.1.0 recorded its level alone."""
    if row["load_label"]:
        return str(row["load_label"])
    return f"c{row['concurrency']}" if row["rate"] is None else f"rate{row['rate']:g}"


def origin_of(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The run that measured a point, and the reasons of its verdict."""
    reasons = tuple(row["reasons"])
    if row["measured_by"]:
        return str(row["measured_by"]), reasons
    own = tuple(reason for reason in reasons if not reason.startswith(REUSED))
    origins = [reason.removeprefix(REUSED) for reason in reasons if reason.startswith(REUSED)]
    return (origins[0] if origins else str(row["run_id"])), own


def older_stage_name(stage: str, load: Load) -> str:
    """The name under which version 0.1.0 filed a stage: rate2.0, where the label is rate2."""
    return stage.replace(f"-{load.label}-", f"-rate{load.level}-", 1) if load.kind == "rate" else stage
