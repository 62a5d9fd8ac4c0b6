"""The flow `compare`: recorded runs side by side, as artifacts."""

from __future__ import annotations

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
from tasks.errors import RegressionError
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.judged_runs import MOST_RUNS, check_regressions, load_runs
from tasks.report.table import as_records

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
