"""Two or more recorded runs side by side: the flow `compare`, and the table that the command prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.artifacts import create_table_artifact
from pydantic import Field

from flows import form, show
from tasks.record.store import Store
from tasks.report.compare import comparison
from tasks.report.load import report_input
from tasks.report.results import Table, as_records

RunIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=2, max_length=20)
]


@flow(name="compare", log_prints=False)
def compare(runs: RunIds, results: form.Results = form.RESULTS) -> None:
    """Set recorded runs side by side: every load they share, with the change against the first.

    Args:
        runs: Ids of recorded runs; the first is what the others are compared with.
        results: The folder that holds the tables.
    """
    for table in compared(runs, Path(results)):
        key = f"comparison-{table.title.split()[0].lower()}"
        create_table_artifact(key=key, table=as_records(table), description=table.title)
        show.stage("compare", f"{table.title}: {len(table.rows)} rows")


def compared(runs: list[str], results: Path) -> tuple[Table, ...]:
    """The comparison's tables.

    Raises:
        InputError: no such run; the nearest ids are named.
    """
    store = Store(results)
    return comparison(tuple(report_input(store, run) for run in runs))
