"""Two or more recorded runs side by side: the flow `compare`, and the table that the command prints."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run
from pydantic import Field

from flows import form, show, story
from flows.watch import watched
from tasks.config.place import Place, place_of
from tasks.errors import RegressionError
from tasks.record.answers import question_shares
from tasks.record.store import Store
from tasks.report.compare import comparison, missing, worse
from tasks.report.compared import Compared
from tasks.report.load import report_input
from tasks.report.results import as_records

MOST_RUNS = 20
WorseThan = Annotated[float, Field(ge=0, le=100)]
RunIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=2, max_length=MOST_RUNS)
]


def _title() -> str:
    runs = flow_run.parameters["runs"]
    return f"{runs[0]} and {runs[1] if len(runs) == 2 else f'{len(runs) - 1} others'}"


@flow(name="compare", flow_run_name=_title, log_prints=False)
def compare(runs: RunIds, results: form.Results = form.RESULTS, worse_than: WorseThan | None = None) -> None:
    """Set recorded runs side by side: every load they share, with the change against the first.

    Args:
        runs: Ids of recorded runs; the first is what the others are compared with.
        results: The folder or s3:// address that holds the tables.
        worse_than: Per cent (of scores: points) by which a figure may be worse before this run fails.

    Raises:
        RegressionError: a figure is worse by more than that; told by the event `servegauge.regression` too.
    """
    with watched(), story.told():
        found = compared(runs, place_of(results))
        for table in comparison(found):
            key = f"comparison-{table.title.split()[0].lower()}"
            create_table_artifact(key=key, table=as_records(table), description=table.title)
            show.stage("compare", f"{table.title}: {len(table.rows)} rows")
        if worse_than is not None and (lines := fallen(found, worse_than)):
            story.regression(runs[-1], found[-1].report.run.spec, list(lines))
            raise regression(lines, worse_than)


def compared(runs: list[str], results: Place) -> tuple[Compared, ...]:
    """What a comparison is made of.

    Raises:
        InputError: no such run; the nearest ids are named.
    """
    store = Store(results)
    reports = [report_input(store, run) for run in runs]
    return tuple(
        Compared(report=report, answers=question_shares(store, report.accuracy)) for report in reports
    )


def fallen(found: tuple[Compared, ...], worse_than: float) -> tuple[str, ...]:
    """What is worse than in the first run by more than so many per cent, or not there at all."""
    return (*worse(found, worse_than), *missing(found))


def regression(lines: tuple[str, ...], worse_than: float) -> RegressionError:
    """The error that names the figures which are worse."""
    count = "1 figure is" if len(lines) == 1 else f"{len(lines)} figures are"
    what = f"{count} worse than in A by more than {worse_than:g} %, or missing"
    return RegressionError(what, "read the comparison for what differs between the runs", "\n".join(lines))
