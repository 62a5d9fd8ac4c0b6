"""The flow `compare`: recorded runs side by side, as artifacts."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows import parameters
from flows.run.comparison_file import write_comparison_page
from flows.run.report_failure import report_failure
from flows.run.worker_watch import end_with_worker
from flows.ui import console
from flows.ui.events import emit_regression
from flows.ui.figure_artifacts import ArtifactLink
from flows.ui.file_artifact import create_comparison_file_artifact
from flows.ui.prefect_ui import create_table_artifact
from flows.ui.run_name import run_name
from tasks.errors import RegressionError
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.judged_runs import MOST_RUNS, check_regressions, load_runs, with_variants
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
    runs: RunIds,
    results: parameters.Results = parameters.RESULTS,
    worse_than: WorseThan | None = None,
    variants: parameters.Names = (),
) -> None:
    """Compare recorded runs: every load that they share, with the change from the first run.

    The page of the comparison goes into the folder of the last run, beside its report.

    Args:
        runs: Ids of recorded runs, `last` or `previous`; the first is what the others are compared with.
        results: The folder or s3:// address that holds the tables.
        worse_than: Per cent (of scores: points) by which a figure may be worse before this run fails.
            Empty: it never fails.
        variants: What each run is called on the page, in the order of the runs. No items: their ids alone.

    Raises:
        RegressionError: a figure is worse by more than `worse_than`; emits `servegauge.regression` too.
    """
    with end_with_worker(), report_failure():
        location = parameters.chosen_results(results)
        compared = with_variants(load_runs(runs, location), variants)
        links = _create_tables(compared)
        page = write_comparison_page(compared, location)
        if page:
            create_comparison_file_artifact(compared, str(location), page, links)
        try:
            check_regressions(compared, worse_than)
        except RegressionError as error:
            judged = compared[-1].report.run
            emit_regression(judged.run_id, judged.spec, error.detail.splitlines())
            raise


def _create_tables(compared: tuple[ComparedRun, ...]) -> list[ArtifactLink]:
    links = []
    for table in comparison_tables(compared):
        key = f"comparison-{table.title.split()[0].lower()}"
        artifact = create_table_artifact(key=key, table=as_records(table), description=table.title)
        if artifact:
            links.append(ArtifactLink(table.title, artifact))
        console.stage("compare", f"{table.title}: {len(table.rows)} rows")
    return links
