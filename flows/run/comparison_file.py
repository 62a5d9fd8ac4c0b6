"""The page of a comparison, in the results location."""

from __future__ import annotations

from collections.abc import Sequence

from flows.ui import console
from tasks.config.results_location import FILES, ResultsLocation
from tasks.errors import RecordError
from tasks.record.bucket_sync import upload_file
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.page.comparison_page import page_name, write_comparison


def write_comparison_page(compared: Sequence[ComparedRun], location: ResultsLocation) -> str | None:
    """Write the page into the folder of the last run, beside its report, and into the bucket if there is one.

    Returns:
        The page's path or address; None if it could not be written. That is a warning: the tables are
        recorded, so `servegauge compare` writes the page again.
    """
    name = f"{FILES}/{compared[-1].report.run.run_id}/{page_name(compared)}"
    page = location.folder / name
    try:
        write_comparison(compared, page)
    except RecordError as error:
        console.stage("compare", f"no page: {error}", "yellow")
        return None
    address = str(page.resolve()) if location.bucket is None else f"{location}/{name}"
    try:
        upload_file(location, name)
    except RecordError as error:
        console.stage("compare", f"{error.what}; the page is {page} on this machine", "yellow")
        return None
    console.stage("compare", f"page: {address}")
    return address
