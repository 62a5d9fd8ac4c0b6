"""The tables of a run's figures as artifacts, with the columns that a person looks for at the left."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from flows.ui.prefect_ui import create_table_artifact
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MISSING
from tasks.report.measured_sweep import measured_sweeps
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, as_records
from tasks.report.tables.knee_table import knee_table
from tasks.report.tables.report_tables import tables_of_sweep
from tasks.report.tables.score_table import SET_COLUMN, score_table

_FIRST_FIGURES = ("output_token_throughput", "ttft_mean_s", "tpot_mean_s")
FIRST_COLUMNS = (*(BY_NAME[name].header for name in _FIRST_FIGURES), "Verdict", "Score", "95 % CI")
"""The columns behind the leading one, if a table has them. Prefect's page shows about five."""


class ArtifactLink(NamedTuple):
    """An artifact of a run, for a link to it."""

    title: str
    id: UUID


def create_figure_artifacts(report_input: ReportInput) -> list[ArtifactLink]:
    """Show the tables of each sweep, the saturation and the scores. Return the artifacts."""
    links = []
    for title, table in _titled_tables(report_input):
        artifact = create_table_artifact(
            key=_key(title), table=as_records(for_artifact(table)), description=title
        )
        if artifact:
            links.append(ArtifactLink(title, artifact))
    return links


def for_artifact(table: Table) -> Table:
    """Return the table with the load or the question set first, then FIRST_COLUMNS, without empty columns."""
    names = [column.name for column in table.columns]
    leading = SET_COLUMN if SET_COLUMN in names else names[0]
    first = [names.index(name) for name in (leading, *FIRST_COLUMNS) if name in names]
    order = first + [index for index in range(len(names)) if index not in first]
    filled = [index for index in order if any(row[index] != MISSING for row in table.rows)]
    return table.model_copy(
        update={
            "columns": tuple(table.columns[index] for index in filled),
            "rows": tuple(tuple(row[index] for index in filled) for row in table.rows),
        }
    )


def _titled_tables(report_input: ReportInput) -> list[tuple[str, Table]]:
    titled = []
    for sweep in measured_sweeps(report_input):
        for table in tables_of_sweep(sweep):
            _, _, topic = table.title.partition(sweep.name)
            titled.append((f"Speed: {sweep.name}{topic}", table))
    for title, optional in (
        ("Saturation", knee_table(report_input)),
        ("Accuracy", score_table(report_input)),
    ):
        if optional:
            titled.append((title, optional))
    return titled


def _key(title: str) -> str:
    """Return the artifact's key, which Prefect's pages show as its title: `speed-throughput`."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
