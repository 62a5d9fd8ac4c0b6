"""Writes a report as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tasks.audit.doubt import doubt_note, verdict_counts
from tasks.measure.speed.figures.notation import MISSING, plain
from tasks.report.page.chinese import both, in_both_languages, in_chinese
from tasks.report.page.chinese_checks import sentence_in_chinese
from tasks.report.page.page_data import PlacedSection, page_json, place
from tasks.report.page.page_file import write_html
from tasks.report.page.point_verdicts import point_verdicts
from tasks.report.page.sections import chart_sections, table_sections
from tasks.report.page.tiles import tiles
from tasks.report.page.vega_script import vega_script
from tasks.report.report_input import ReportInput
from tasks.report.run_summary import headline, manifest_pairs, reuse_note
from tasks.text import printable

_HERE = Path(__file__).parent


def write_page(report: ReportInput, path: Path, vega: str = "") -> Path:
    """Write the page to `path` atomically and return `path`.

    Args:
        report: the run.
        path: the page.
        vega: the address of the script that draws the charts; empty: the page itself holds it.

    Raises:
        RecordError: the page cannot be written.
    """
    remedy = "free some space or choose another folder with --results; then `servegauge report RUN`"
    return write_html(render_page(report, vega), path, remedy)


def render_page(report: ReportInput, vega: str = "") -> str:
    """Return the page as HTML, with every text of the run escaped."""
    verdicts = point_verdicts(report)
    with_tables, without_tables = table_sections(report), chart_sections(report)
    placed = place([*with_tables, *without_tables])
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            headline=headline(report),
            tiles=tiles(report),
            reuse_note=reuse_note(report),
            doubt_note=doubt_note(report.verdicts),
            table_sections=placed[: len(with_tables)],
            chart_sections=placed[len(with_tables) :],
            verdict_counts=verdict_counts(report.verdicts),
            points_with_reasons=[point for point in verdicts if point.reasons],
            points_with_checks=[point for point in verdicts if point.other_checks],
            manifest=manifest_pairs(report),
            **page_parts(placed, vega),
        )
    )


def page_parts(sections: Sequence[PlacedSection], vega: str = "") -> dict[str, str]:
    """Return what `base.html.j2` puts into every page: data, scripts and styles.

    `vega`: the address of the script that draws the charts; empty: the page itself holds it.
    """
    return {
        "page_json": page_json(sections),
        "vega": "" if vega else vega_script(),
        "vega_address": vega,
        "css": _text("page.css"),
        "script": _text("language.js") + _text("page.js"),
    }


def _text(name: str) -> str:
    """Return a file of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")


def environment() -> Environment:
    """Return the templates of this folder. What they show is escaped, with control characters written out."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )
    environment.filters["both"] = in_both_languages
    environment.filters["chinese"] = lambda text: in_chinese(text) or text
    environment.filters["finding"] = _finding
    environment.filters["counts"] = _counts
    environment.filters["number"] = _number
    return environment


def _printable(value: object) -> object:
    """Return a text with its control characters written out; any other value unchanged."""
    return printable(value) if type(value) is str else value


def _finding(sentence: str, check: str | None) -> Markup:
    """Return a check's sentence in both languages."""
    return both(sentence, sentence_in_chinese(check, sentence))


def _counts(summary: str) -> Markup:
    """Return the number of checks by verdict, such as `20 valid, 1 suspect`, in both languages."""
    counted = [part.split(" ", 1) for part in summary.split(", ")]
    return both(summary, "，".join(f"{count} {in_chinese(verdict) or verdict}" for count, verdict in counted))


def _number(value: float | None) -> str:
    return MISSING if value is None else plain(value)
