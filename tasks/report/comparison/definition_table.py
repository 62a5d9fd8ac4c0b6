"""The table `Definitions that differ`: figures that the compared runs' load generators define differently."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.exchange.definitions import TOOLS, Difference, differences, tool_key
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.table import Table, text_columns


def definition_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a row for each figure and each run that does not define it as the first run does."""
    tools = [tool_key(run.report.run.manifest.source) for run in runs]
    rows, notes = [], [f"A: measured by {TOOLS[tools[0]].name}"]
    for letter, tool in zip(LETTERS[1:], tools[1:], strict=False):
        notes.append(f"{letter}: measured by {TOOLS[tool].name}")
        for difference in differences(tools[0], tool):
            rows.append((difference.figure, f"A, {letter}", difference.pushes))
            notes += _definitions(difference, letter)
    return Table(
        title="Definitions that differ",
        columns=text_columns("Figure", "Runs", "What follows"),
        rows=tuple(rows),
        footnotes=tuple(dict.fromkeys(notes)),
    )


def _definitions(difference: Difference, letter: str) -> list[str]:
    return [
        f"{difference.figure} in A: {difference.first}",
        f"{difference.figure} in {letter}: {difference.second}",
    ]
