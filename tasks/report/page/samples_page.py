"""Writes the page in which a person reads the answers behind the scores: one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from tasks.config.base import Frozen
from tasks.exchange.definitions import tool_name
from tasks.measure.accuracy.scores import Score
from tasks.record.read_samples import ReadSample, ReadSamples, read_samples
from tasks.record.store import Store
from tasks.report import formats
from tasks.report.page.html import environment
from tasks.report.page.page_file import write_html
from tasks.report.page.sample_view import MARKS, VERDICTS, SampleView, common_start, sample_view
from tasks.report.report_input import SAMPLES_PAGE, ReportInput

_FOLDER = Path(__file__).parent
_REMEDY = "free some space or choose another folder with --results; then `servegauge report RUN`"


class SetView(Frozen):
    """The answers of one combination of one question set, with its score."""

    name: str
    question_set: str
    combination: str
    score: str
    samples: tuple[SampleView, ...]


def write_samples_page(store: Store, report: ReportInput, report_page: Path) -> Path | None:
    """Write the page beside the report page and return its path; None if the run has no answers.

    Raises:
        RecordError: the answers cannot be read, or the page cannot be written.
    """
    if not report.samples:
        return None
    page = render_samples(report, read_samples(store, report.accuracy))
    return write_html(page, report_page.with_name(SAMPLES_PAGE), _REMEDY)


def render_samples(report: ReportInput, read: ReadSamples) -> str:
    """Return the page as HTML, with every text of questions and answers escaped."""
    script = "".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("language.js", "samples.js"))
    sets = _set_views(report, read.samples)
    samples = [sample for each in sets for sample in each.samples]
    counts = Counter(sample.state for sample in samples)
    counts.update(mark for sample in samples for mark in sample.marks if mark != "failed")
    return (
        environment()
        .get_template("samples.html.j2")
        .render(
            report=report,
            sets=sets,
            recorded=read.recorded,
            shown=len(samples),
            counts=counts,
            marks=MARKS,
            verdicts=VERDICTS,
            question_sets=list(dict.fromkeys(each.question_set for each in sets)),
            combinations=list(dict.fromkeys(each.combination for each in sets if each.combination)),
            is_cut=any(text.left_out for sample in samples for text in sample.texts),
            style=Markup((_FOLDER / "samples.css").read_text(encoding="utf-8")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _set_views(report: ReportInput, samples: Sequence[ReadSample]) -> list[SetView]:
    views = []
    for accuracy in report.accuracy:
        if accuracy.scores:
            score = accuracy.scores[-1]
            own = [sample for sample in samples if sample.row["dataset"] == score.dataset]
            views.append(_set_view(score, own, report.run.manifest.source))
    return views


def _set_view(score: Score, samples: Sequence[ReadSample], source: str | None) -> SetView:
    common = common_start([sample.row["prompt"] for sample in samples if sample.row["prompt"]])
    question_set = score.question_set or score.dataset
    combination = score.dataset.removeprefix(question_set).removeprefix("-")  # the load's name included
    interval = formats.interval_text(score.ci_low, score.ci_high)
    imported = f", imported from {tool_name(source)}" if source else ""
    return SetView(
        name=score.dataset,
        question_set=question_set,
        combination=combination,
        score=f"{formats.score_text(score.value)}, 95 % interval {interval}{imported}",
        samples=tuple(sample_view(sample, common, repeats=score.repeats > 1) for sample in samples),
    )
