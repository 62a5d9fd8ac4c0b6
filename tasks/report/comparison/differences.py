"""What runs were not measured with alike: a comparison is fair where only what is compared differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from string import ascii_uppercase
from typing import Any

from tasks.report import formats
from tasks.report.report_input import Column, ReportInput, Table

_ALIKE = {"server_args", "server_env", "client_versions"}
"""Fields of the manifest that are JSON objects: told key by key."""


def difference_table(reports: tuple[ReportInput, ...]) -> Table:
    """A row for each thing that is not the same in all runs."""
    letters = ascii_uppercase[: len(reports)]
    found = [dict(_facts(report)) for report in reports]
    names = dict.fromkeys(name for facts in found for name in facts)
    rows = [(name, *(facts.get(name, formats.NONE) for facts in found)) for name in names]
    return Table(
        title="Differences",
        columns=(Column(name=""), *(Column(name=letter) for letter in letters)),
        rows=tuple(row for row in rows if len(set(row[1:])) > 1),
        footnotes=tuple(
            f"{letter}: {report.run.run_id}" for letter, report in zip(letters, reports, strict=True)
        ),
    )


def _facts(report: ReportInput) -> Iterator[tuple[str, str]]:
    yield "spec", report.run.spec
    yield "spec digest", report.run.spec_digest
    for name, value in report.run.manifest.model_dump().items():
        words = name.replace("_", " ")
        if name in _ALIKE:
            yield from ((f"{words}: {key}", _shown(each)) for key, each in json.loads(value or "{}").items())
        else:
            yield words, _shown(value)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return formats.NONE
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
