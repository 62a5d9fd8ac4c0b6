"""The table `Definitions that differ`: figures that the compared runs' tools define differently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from tasks.exchange.definitions import Difference, differences, tool_key, tool_name
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.table import Table, text_columns

TITLE = "Definitions that differ"


def definition_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a row for each figure that two of the tools define differently, for every pair of tools."""
    letters_of: dict[str, list[str]] = {}
    for letter, run in zip(LETTERS, runs, strict=False):
        letters_of.setdefault(tool_key(run.report.run.manifest.source), []).append(letter)
    runs_of = {tool: ", ".join(letters) for tool, letters in letters_of.items()}
    rows, notes = [], [f"{letters}: measured by {tool_name(tool)}" for tool, letters in runs_of.items()]
    for first, second in combinations(runs_of, 2):
        for difference in differences(first, second):
            pair = f"{runs_of[first]} – {runs_of[second]}"
            rows.append((difference.figure, pair, difference.pushes))
            notes += _definitions(difference, runs_of[first], runs_of[second])
    return Table(
        title=TITLE,
        columns=text_columns("Figure", "Runs", "What follows"),
        rows=tuple(rows),
        footnotes=tuple(dict.fromkeys(notes)),
    )


def _definitions(difference: Difference, first: str, second: str) -> list[str]:
    return [
        f"{difference.figure} in {first}: {difference.first}",
        f"{difference.figure} in {second}: {difference.second}",
    ]
