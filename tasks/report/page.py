"""Writes a report as one HTML page that needs nothing but itself."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tasks.config.base import Frozen
from tasks.errors import RecordError
from tasks.record.parquet import remove
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.results import ReportInput, Table
from tasks.report.summary import headline, manifest_pairs, reuse, tiles
from tasks.report.tables import best_table, by_sweep, repeated, score_table, sweep_tables


class Judged(Frozen):
    """A point whose verdict has something to say."""

    sweep: str
    load: str
    verdict: str
    reasons: tuple[str, ...]


class Section(Frozen):
    """A table under its chart, which is SVG or nothing."""

    table: Table
    chart: str | None


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
    return environment.get_template("page.html.j2").render(
        report=report,
        headline=headline(report),
        tiles=tiles(report),
        reuse=reuse(report),
        sweeps=_sweeps(report),
        best=best_table(report.points),
        accuracy=_accuracy(report),
        judged=_judged(report),
        counts=_counts(report.points),
        manifest=manifest_pairs(report),
    )


def _sweeps(report: ReportInput) -> list[Section]:
    from tasks.report.charts import sweep_chart

    sweeps = by_sweep(report.points).items()
    return [
        Section(table=table, chart=sweep_chart(name, points))
        for table, (name, points) in zip(sweep_tables(report), sweeps, strict=True)
    ]


def _accuracy(report: ReportInput) -> Section | None:
    from tasks.report.charts import score_chart

    table = score_table(report)
    scores = [score for recorded in report.accuracy for score in recorded.scores]
    return Section(table=table, chart=score_chart(scores)) if table else None


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


def _counts(points: tuple[RecordedPoint, ...]) -> dict[str, int]:
    verdicts = [point.verdict.verdict for point in points]
    return {name: verdicts.count(name) for name in ("valid", "suspect", "invalid") if name in verdicts}
