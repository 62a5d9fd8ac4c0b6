"""The tables `Answers` and `Disputed answers`: how the answers behind the scores came out."""

from __future__ import annotations

from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.notation import MISSING
from tasks.record.results import DisputedAnswer
from tasks.report import formats
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, numeric_columns, text_columns, without_columns

MOST_LISTED = 20
"""Disputed answers that the report lists; the table `samples` has them all."""
LONGEST = 40
"""Characters of an answer that the report shows."""
_TOGETHER = ("pass@k", "cons@k", "all@k")
_COLUMNS = (
    *text_columns("Score"),
    *numeric_columns(*_TOGETHER, "Empty", "No answer", "Grader 2", "Differ", "Tokens/right"),
)
_NOTES = (
    "Empty: no text besides the reasoning; No answer: text in which EvalScope found none. Both are wrong",
    "Tokens/right: output tokens of all answers, reasoning included, for each right one",
    "Grader 2: the score by math-verify or the marked choice; Differ: answers on which they differ",
)
_TOGETHER_NOTE = "pass@k: any of a question's k answers right; cons@k: the most frequent one; all@k: each one"
_DISPUTED = text_columns(
    "Question set", "Question", "Target", "EvalScope read", "says", "Grader 2 read", "Ended"
)


def answers_table(report: ReportInput) -> Table | None:
    """Return a table with a row per score; None where no score has these figures."""
    scores = [score for accuracy in report.accuracy for score in accuracy.scores if score.empty is not None]
    if not scores:
        return None
    repeated = any(score.repeats > 1 for score in scores)
    totals = [accuracy.scores[-1] for accuracy in report.accuracy if accuracy.scores]
    notes = [_power(score) for score in totals if _has_power(score)]
    notes += [_incomplete(score) for score in scores if not score.complete]
    table = Table(
        title="Answers",
        columns=_COLUMNS,
        rows=tuple(_row(score) for score in scores),
        footnotes=(*((_TOGETHER_NOTE,) if repeated else ()), *_NOTES, *notes),
    )
    return table if repeated else without_columns(table, _TOGETHER)


def disputed_table(report: ReportInput) -> Table | None:
    """Return a table with a row per answer about which the graders differ; None if there is none."""
    disputed = report.disputed
    if not disputed:
        return None
    more = len(disputed) - MOST_LISTED
    notes = (f"{more} more: rows of the table samples where correct and second_correct differ",)
    return Table(
        title="Disputed answers",
        columns=_DISPUTED,
        rows=tuple(_disputed_row(answer) for answer in disputed[:MOST_LISTED]),
        footnotes=notes if more > 0 else (),
    )


def _row(score: Score) -> tuple[str, ...]:
    together = (score.pass_at_k, score.cons_at_k, score.all_at_k)
    return (
        formats.score_name(score.dataset, score.subset),
        *(_text(value) for value in together),
        str(score.empty),
        str(score.unparsable),
        _text(score.second_value),
        MISSING if score.disagreements is None else str(score.disagreements),
        MISSING if score.output_tokens_per_correct is None else f"{score.output_tokens_per_correct:.0f}",
    )


def _text(value: float | None) -> str:
    return MISSING if value is None else formats.score_text(value)


def _has_power(score: Score) -> bool:
    """Return whether the answers tell how many repeats are needed: not where all are right, or all wrong."""
    # earlier versions recorded 1 there
    return score.repeats_needed is not None and 0 < score.value < 1


def _power(score: Score) -> str:
    """Return how many repeats a small difference between two runs needs; an estimate."""
    at_most = "at most " if score.repeats == 1 else ""
    repeats = f"{at_most}{score.repeats_needed} {'repeat' if score.repeats_needed == 1 else 'repeats'}"
    return f"{score.dataset}: two runs need {repeats} each to tell 3 points from noise (80 % power)"


def _incomplete(score: Score) -> str:
    answers = score.questions * score.repeats
    name = formats.score_name(score.dataset, score.subset)
    return f"{name} is incomplete: {score.failed} of {answers} answers are missing and count as wrong"


def _disputed_row(answer: DisputedAnswer) -> tuple[str, ...]:
    return (
        answer.dataset,
        f"{answer.question} #{answer.repeat + 1}",
        _short(answer.target),
        _short(answer.answer),
        "right" if answer.correct else "wrong",
        _short(answer.second_answer),
        answer.finish_reason or MISSING,
    )


def _short(text: str | None) -> str:
    if not text:
        return MISSING
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
