"""Writes a report as one HTML page that needs nothing but itself."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tasks.audit.verdict import Check, CheckVerdict
from tasks.config.base import Frozen
from tasks.errors import RecordError
from tasks.measure.speed.notation import MISSING, plain
from tasks.record.parquet_file import remove
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import ReportInput, Table
from tasks.report.tables.best import best_table
from tasks.report.tables.knees import knee_table
from tasks.report.tables.speed import by_sweep, more_tables, repeated, score_table, sweep_tables
from tasks.report.tables.summary import headline, manifest_pairs, reuse, tiles


class Judged(Frozen):
    """A point whose verdict has something to say."""

    sweep: str
    load: str
    verdict: str
    reasons: tuple[str, ...]


class Checked(Frozen):
    """A point with everything that was checked."""

    sweep: str
    load: str
    verdict: str
    summary: str
    checks: tuple[Check, ...]


class Section(Frozen):
    """A table under its chart, which is SVG or nothing, and the tables that say more."""

    table: Table
    chart: str | None
    more: tuple[Table, ...] = ()


def write_page(report: ReportInput, path: Path) -> Path:
    """Write the page whole, then rename it.

    Raises:
        RecordError: it could not be written.
    """
    page = render_page(report)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        remove(temporary)
        raise RecordError(
            f"cannot write the report {path}: {error.strerror or error}",
            "free some space or choose another folder with --results; then `servegauge report RUN`",
        ) from error
    return path


def render_page(report: ReportInput) -> str:
    """The page as HTML; every text of the run in it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["svg"] = Markup
    environment.filters["figure"] = lambda value: MISSING if value is None else plain(value)
    return environment.get_template("page.html.j2").render(
        report=report,
        headline=headline(report),
        tiles=tiles(report),
        reuse=reuse(report),
        sweeps=_sweeps(report),
        knees=knee_table(report.knees),
        best=best_table(report.points),
        accuracy=_accuracy(report),
        judged=_judged(report),
        checked=_checked(report),
        counts=_counts(report.points),
        course=_course(report),
        manifest=manifest_pairs(report),
    )


def _sweeps(report: ReportInput) -> list[Section]:
    from tasks.report.charts.speed import sweep_chart

    sweeps = by_sweep(report.points).items()
    return [
        Section(table=table, chart=sweep_chart(name, points), more=more_tables(name, points))
        for table, (name, points) in zip(sweep_tables(report), sweeps, strict=True)
    ]


def _accuracy(report: ReportInput) -> Section | None:
    from tasks.report.charts.speed import score_chart

    table = score_table(report)
    scores = [score for recorded in report.accuracy for score in recorded.scores]
    return Section(table=table, chart=score_chart(scores)) if table else None


def _course(report: ReportInput) -> str | None:
    from tasks.report.charts.timeline import timeline_chart

    return timeline_chart(report.course)


def _judged(report: ReportInput) -> list[Judged]:
    return [
        Judged(
            sweep=name,
            load=formats.load(point.result, repeated(points)),
            verdict=point.verdict.verdict,
            reasons=formats.why(point),
        )
        for name, points in by_sweep(report.points).items()
        for point in points
        if formats.why(point)
    ]


def _checked(report: ReportInput) -> list[Checked]:
    return [
        Checked(
            sweep=name,
            load=formats.load(point.result, repeated(points)),
            verdict=point.verdict.verdict,
            summary=_summary(point.verdict.checks),
            checks=point.verdict.checks,
        )
        for name, points in by_sweep(report.points).items()
        for point in points
        if point.verdict.checks
    ]


def _summary(checks: tuple[Check, ...]) -> str:
    counts = Counter(check.verdict for check in checks)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in get_args(CheckVerdict) if counts[verdict])


def _counts(points: tuple[RecordedPoint, ...]) -> dict[str, int]:
    verdicts = [point.verdict.verdict for point in points]
    return {name: verdicts.count(name) for name in ("valid", "suspect", "invalid") if name in verdicts}
