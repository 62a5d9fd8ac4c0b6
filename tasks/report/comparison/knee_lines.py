"""The changes of knees as lines, for the messages of a gate and of a release."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.measure.speed.figures.notation import MISSING
from tasks.plan.search import Knee
from tasks.report.comparison.compare_knees import compare_knees
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.knee_change import KneeVerdict, between_text, level_words


def knee_lines(base: ComparedRun, new: ComparedRun, verdict: KneeVerdict | None = None) -> Iterator[str]:
    """Yield a line for each knee: `SWEEP: knee (concurrency): 16 (15 – 16), was 20 (19 – 20): -20.0 % worse`.

    Args:
        base: the first run.
        new: the other one.
        verdict: only changes of this verdict; None for all.
    """
    for comparison in compare_knees((base, new)):
        (before, after), change = comparison.knees, comparison.against_base[1].change
        if before and after and change and verdict in (None, change.verdict):
            doubt = " (suspect)" if any(comparison.suspect) else ""
            knees = f"{_text(after)}, was {_text(before)}"
            yield f"{comparison.sweep}: knee ({after.load}): {knees}: {change.text}{doubt}"


def _text(knee: Knee) -> str:
    between = between_text(knee)
    return level_words(knee) if between == MISSING else f"{level_words(knee)} ({between})"
