"""The footnotes of a comparison's tables."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.audit.finding import number_of
from tasks.exchange.definitions import tool_name
from tasks.report.comparison.change import Change
from tasks.report.comparison.compare_scores import ScoreComparison, asked_questions
from tasks.report.comparison.compare_speed import SpeedComparison
from tasks.report.comparison.compared_run import LETTERS, ComparedRun

SUSPECT_MARK = "?"

PointKey = tuple[str, str, str, int]
"""Identity of a measurement: the run that measured it, sweep, load label and repeat."""


def change_notes(changes: Sequence[Change | None]) -> list[str]:
    """Return the meaning of each sign that occurs in the changes."""
    known = [change for change in changes if change is not None]
    notes = []
    if any(change.half_width is not None for change in known):
        notes.append(
            "±: 95 % interval of the change; of twenty changes that are none, one lies outside by chance"
        )
    if any(change.is_noise for change in known):
        notes.append("≈: the interval includes zero, so the change may be noise")
    if any(change.half_width is None for change in known):
        notes.append("no ±: measured once, so how much of the change is noise is not known")
    return notes


def suspect_notes(comparisons: Sequence[SpeedComparison]) -> list[str]:
    """Return what the mark of a doubtful figure means, if a figure has it."""
    is_marked = any(any(comparison.suspect) for comparison in comparisons)
    return (
        [f"{SUSPECT_MARK}: from a suspect point, so the figure and its change are doubtful"]
        if is_marked
        else []
    )


def imported_notes(runs: Sequence[ComparedRun]) -> list[str]:
    """Return a note for each run whose scores another tool measured."""
    notes = []
    for letter, run in zip(LETTERS, runs, strict=False):
        source = run.report.run.manifest.source
        if source and run.report.accuracy:
            what = f"scores of {letter} are imported from {tool_name(source)}"
            notes.append(f"{SUSPECT_MARK}: {what}, and no check of servegauge confirms them")
    return notes


def failed_notes(comparisons: Sequence[ScoreComparison]) -> list[str]:
    """Return a note for each score that is lower because answers failed."""
    notes = []
    for comparison in comparisons:
        for letter, failed in zip(LETTERS, comparison.failed, strict=False):
            if failed:
                what = f"{comparison.key.text}: {number_of(failed, 'answer')} of {letter} failed"
                notes.append(f"{SUSPECT_MARK}: {what} and count as wrong")
    return notes


def unpaired_notes(comparisons: Sequence[ScoreComparison]) -> list[str]:
    """Return a note if a change of a score is a plain difference."""
    changes = [change for comparison in comparisons for change in comparison.changes if change]
    if all(change.questions for change in changes):
        return []
    return ["no ± at a score: a run has no answers, so the scores are not compared question by question"]


def mcnemar_notes(comparisons: Sequence[ScoreComparison]) -> list[str]:
    """Return McNemar's p-value for each score change that has one."""
    notes = []
    for comparison in comparisons:
        for letter, change in zip(LETTERS, comparison.changes, strict=False):
            if change is not None and change.p is not None:
                score = comparison.key.text
                runs = f"{letter} against A over {change.questions} questions"
                notes.append(f"{score}: {runs}, McNemar's p = {change.p:.3f}")
    return notes


def other_question_notes(runs: Sequence[ComparedRun], comparisons: Sequence[ScoreComparison]) -> list[str]:
    """Return the scores of one name whose questions are not the same as in the first run."""
    notes = []
    for comparison in comparisons:
        for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
            base, new = asked_questions(runs[0], run, comparison.key)
            asked, others = base.keys(), new.keys()
            if asked and others and asked != others:
                same = f"{len(asked & others)} of A's {len(asked)} questions are among its {len(others)}"
                notes.append(f"{comparison.key.text}: {letter} was asked another set of this name: {same}")
    return notes


def shared_point_notes(runs: Sequence[ComparedRun]) -> list[str]:
    """Return how many points each run shares with the first run: reused measurements, so no difference."""
    base_points = _point_keys(runs[0])
    notes = []
    for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
        shared = len(base_points & _point_keys(run))
        if shared:
            notes.append(f"{letter}: {shared} of its points are the same measurements as in A, reused")
    return notes


def shared_score_notes(runs: Sequence[ComparedRun]) -> list[str]:
    """Return how many question sets each run shares with the first run: reused answers, so no difference."""
    base_sets = _set_keys(runs[0])
    notes = []
    for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
        shared = len(base_sets & _set_keys(run))
        if shared:
            notes.append(f"{letter}: {shared} of its question sets are the same answers as in A, reused")
    return notes


def _set_keys(run: ComparedRun) -> set[tuple[str, str]]:
    return {(each.run_id, each.scores[0].dataset) for each in run.report.accuracy if each.scores}


def _point_keys(run: ComparedRun) -> set[PointKey]:
    keys = set()
    for point in run.report.points:
        result = point.result
        keys.add((point.run_id, result.sweep, result.load.label, result.repeat))
    return keys
