"""Writes the overview and every run's report as static pages, for a web server or a shared folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tasks.config.access import is_denied
from tasks.errors import InputError, RecordError
from tasks.record.store import Store
from tasks.report.overview.overview_page import render_overview, report_address, trend_address
from tasks.report.overview.run_lines import RunLine, run_lines
from tasks.report.page.html import write_page
from tasks.report.page.page_file import write_html
from tasks.report.page.samples_page import write_samples_page
from tasks.report.page.trend_page import render_trend
from tasks.report.page.vega_script import write_script_file
from tasks.report.read_report import read_report

_REMEDY = "free some space or choose another folder"
_FOLDER_NAME = re.compile(r"\w[\w.-]*", re.ASCII)


def write_site(store: Store, folder: Path, *, refresh: bool, say: Callable[[str], None]) -> None:
    """Write `index.html` and a report for each run into a folder, which is created if it does not exist.

    A report that was written after its run finished is kept. A run whose id cannot be the name of a folder
    is left out. The script that draws the charts is one file, which all these pages share.

    Args:
        store: the tables.
        folder: where the pages go.
        refresh: write every report again.
        say: is called with a line for each report that is written, and for each run that is left out.

    Raises:
        RecordError: a table cannot be read, or a page cannot be written.
    """
    lines = [line for line in run_lines(store) if _has_folder_name(line, say)]
    vega = _write_script(folder)
    for line in lines:
        page = folder / report_address(line.run_id)
        if refresh or not _is_current(page, line):
            say(f"report of {line.run_id}")
            report = read_report(store, line.run_id)
            write_page(report, page, _from(report_address(line.run_id), vega))
            write_samples_page(store, report, page)
    trends = _write_trends(store, folder, lines, vega)
    overview = render_overview(lines, str(store.location), live=False, trends=trends)
    write_html(overview, folder / "index.html", _REMEDY)


def _write_script(folder: Path) -> str:
    """Write the script that draws the charts, once for all pages; return its name."""
    try:
        return write_script_file(folder)
    except OSError as error:
        raise RecordError(
            f"cannot write into {folder}: {error.strerror or error}",
            "choose a folder that is writable for this user" if is_denied(error) else _REMEDY,
        ) from error


def _from(page: str, name: str) -> str:
    """Return the address of a file of the site's folder, as a page below it reaches it."""
    return "../" * page.count("/") + name


def _write_trends(store: Store, folder: Path, lines: Sequence[RunLine], vega: str) -> set[str]:
    """Write a page for each spec that has figures, and return these specs. Earlier pages are replaced."""
    written = set()
    for spec in sorted({line.spec for line in lines if _FOLDER_NAME.fullmatch(line.spec)}):
        with suppress(InputError):  # no completed run of the spec has a figure of its own
            address = trend_address(spec)
            write_html(render_trend(store, spec, _from(address, vega)), folder / address, _REMEDY)
            written.add(spec)
    return written


def _has_folder_name(line: RunLine, say: Callable[[str], None]) -> bool:
    if _FOLDER_NAME.fullmatch(line.run_id):
        return True
    say(f"left out: run {line.run_id!r}, whose id cannot be the name of a folder")
    return False


def _is_current(page: Path, line: RunLine) -> bool:
    """Return whether a page exists that was written after its run finished."""
    if line.finished_at is None or not page.exists():
        return False
    return page.stat().st_mtime > line.finished_at.timestamp()
