"""Reads rows that earlier versions wrote, which lack columns or hold them in another form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.audit.verdict import Verdict
from tasks.config.load import Load, read_load
from tasks.measure.accuracy.scores import OVERALL, Score

REUSED = "reused: measured by "
"""Prefix of one of the `reasons` in version 0.1.0, before the id of the run that measured a reused point."""


def load_of(row: Mapping[str, Any]) -> Load:
    """The load of a row of `points`. Version 0.1.0 recorded only its level and its requests."""
    if row["load_settings"]:
        return read_load(json.loads(row["load_settings"]))
    return read_load({"concurrency": row["concurrency"], "rate": row["rate"], "requests": row["requests"]})


def label_of(row: Mapping[str, Any]) -> str:
    """The label of a row's load, such as c4 or rate2.5. Version 0.1.0 recorded only the load's level."""
    if row["load_label"]:
        return str(row["load_label"])
    return f"c{row['concurrency']}" if row["rate"] is None else f"rate{row['rate']:g}"


def run_name_of(row: Mapping[str, Any], model: str) -> str:
    """The run name of a row of `points`; the default name where an earlier version did not record it."""
    return str(row["run_name"] or f"{model}-{row['sweep']}-{label_of(row)}")


def origin_of(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The id of the run that measured a point, and the reasons of the point's verdict.

    Version 0.1.0 recorded that id among the reasons.
    """
    if row["measured_by"]:
        return str(row["measured_by"]), tuple(row["reasons"])
    measured_by, reasons = str(row["run_id"]), []
    for reason in row["reasons"]:
        if reason.startswith(REUSED):
            measured_by = reason.removeprefix(REUSED)
        else:
            reasons.append(reason)
    return measured_by, tuple(reasons)


def with_notes(verdict: Verdict) -> Verdict:
    """The verdict with its notes apart from its reasons. Version 0.1.0 recorded both as reasons."""
    harmless = {check.sentence for check in verdict.checks if check.verdict in ("valid", "unchecked")}
    notes, reasons = list(verdict.notes), list[str]()
    for reason in verdict.reasons:
        is_note = verdict.verdict == "valid" or reason in harmless
        (notes if is_note else reasons).append(reason)
    return verdict.model_copy(update={"reasons": tuple(reasons), "notes": tuple(notes)})


def without_copy(scores: Sequence[Score]) -> tuple[Score, ...]:
    """The scores of a question set. Version 0.1.0 recorded the score of a set's only subset twice."""
    is_copied = len(scores) == 2 and scores[1].subset == OVERALL
    return tuple(scores[:1] if is_copied else scores)


def older_stage_name(stage: str, load: Load) -> str:
    """The stage name that version 0.1.0 gave the file of an open loop: rate2.0 for the label rate2."""
    return stage.replace(f"-{load.label}-", f"-rate{load.level}-", 1) if load.kind == "rate" else stage
