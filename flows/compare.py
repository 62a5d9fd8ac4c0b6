"""The flow `compare`, and the functions that the command `servegauge compare` shares with it."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Annotated

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run
from pydantic import Field

from flows import parameters
from flows.run.report_failure import report_failure
from flows.run.worker_watch import end_with_worker
from flows.ui import console
from flows.ui.events import emit_regression
from flows.ui.run_name import run_name
from tasks.config.results_location import ResultsLocation
from tasks.errors import InputError, RegressionError
from tasks.record.named_run import find_run
from tasks.record.question_shares import question_shares
from tasks.record.store import Store
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.regressions import missing_figures, regressions
from tasks.report.read_report import read_report
from tasks.report.table import as_records

MOST_RUNS = len(ascii_uppercase)
"""The comparison names the runs A to Z."""
WorseThan = Annotated[float, Field(ge=0, le=100)]
RunIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=2, max_length=MOST_RUNS)
]


def _flow_run_name() -> str:
    runs = flow_run.parameters["runs"]
    return run_name(f"{runs[0]} and {runs[1] if len(runs) == 2 else f'{len(runs) - 1} others'}")


@flow(name="compare", flow_run_name=_flow_run_name, log_prints=False)
def compare(
    runs: RunIds, results: parameters.Results = parameters.RESULTS, worse_than: WorseThan | None = None
) -> None:
    """Compare recorded runs: every load that they share, with the change from the first run.

    Args:
        runs: Ids of recorded runs, `last` or `previous`; the first is what the others are compared with.
        results: The folder or s3:// address that holds the tables.
        worse_than: Per cent (of scores: points) by which a figure may be worse before this run fails.
            Empty: it never fails.

    Raises:
        RegressionError: a figure is worse by more than `worse_than`; emits `servegauge.regression` too.
    """
    with end_with_worker(), report_failure():
        compared = load_runs(runs, parameters.chosen_results(results))
        for table in comparison_tables(compared):
            key = f"comparison-{table.title.split()[0].lower()}"
            create_table_artifact(key=key, table=as_records(table), description=table.title)
            console.stage("compare", f"{table.title}: {len(table.rows)} rows")
        try:
            check_regressions(compared, worse_than)
        except RegressionError as error:
            judged = compared[-1].report.run
            emit_regression(judged.run_id, judged.spec, error.detail.splitlines())
            raise


def load_runs(runs: list[str], results: ResultsLocation) -> tuple[ComparedRun, ...]:
    """Read each run's recorded results and its share of correct answers by question.

    Args:
        runs: as `find_run` takes them.
        results: the results location.

    Raises:
        InputError: a run is not recorded; the message names similar ids.
    """
    store = Store(results)
    reports = [read_report(store, find_run(store, run)) for run in runs]
    return tuple(
        ComparedRun(report=report, answers=question_shares(store, report.accuracy)) for report in reports
    )


def check_run_count(runs: list[str]) -> None:
    """Raise InputError for fewer than 2 runs or more than MOST_RUNS."""
    if not 2 <= len(runs) <= MOST_RUNS:
        what = f"a comparison takes 2 to {MOST_RUNS} runs, not {len(runs)}"
        raise InputError(what, "give the ids of the runs to compare, or `previous last`")


def check_regressions(compared: tuple[ComparedRun, ...], worse_than: float | None) -> None:
    """Check every run against the first one; does nothing if `worse_than` is None.

    Raises:
        RegressionError: a figure is missing, or worse by more than `worse_than` per cent; the error's
            detail has a line for each figure.
    """
    if worse_than is None:
        return
    lines = (*regressions(compared, worse_than), *missing_figures(compared))
    if lines:
        count = "1 figure is" if len(lines) == 1 else f"{len(lines)} figures are"
        what = f"{count} worse than in A by more than {worse_than:g} %, or missing"
        remedy = "read the comparison for what differs between the runs"
        raise RegressionError(what, remedy, "\n".join(lines))
