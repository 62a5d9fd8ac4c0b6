"""Turns the rows of a question set into scores with 95 % intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean

from tasks.config.base import Frozen
from tasks.config.question_set import QuestionSet, combination_of
from tasks.measure.accuracy.consensus import all_right, any_right, majority_right
from tasks.measure.accuracy.intervals import interval, repeats_to_tell
from tasks.measure.accuracy.load_held import load_held
from tasks.measure.accuracy.sample_row import SampleRow

OVERALL = "OVERALL"
"""The subset of a score over all questions."""
DIFFERENCE = 0.03
"""The difference for which a score says how many repeats it takes to see it."""

_OfQuestion = dict[int, list[SampleRow]]


class Score(Frozen):
    """One score of one subset. The interval is 95 %. Fields that earlier versions lack are None there.

    Attributes:
        dataset: the name of the question set; version 0.1.0 recorded the name of its dataset.
        subset: the subset, or OVERALL.
        metric: the benchmark's metric.
        questions: the number of questions.
        repeats: how often each question was asked.
        value: the mean of the questions' mean scores; a failed answer counts 0.
        ci_low: the lower end of the interval; None, like `ci_high` and `truncated`, of an imported score
            without its answers.
        failed: answers that are missing because every request for them failed, or that were not judged.
        truncated: answers that ended at the limit of their length.
        empty: answers without text besides their reasoning.
        unparsable: answers with text in which EvalScope found no answer.
        second_value: the share of answers that the second grader calls right.
        disagreements: answers about which the two graders differ.
        pass_at_k: the share of questions with at least one right answer among `repeats`.
        cons_at_k: the share of questions whose most frequent answer is right; None for free text.
        all_at_k: the share of questions whose answers are all right.
        generation: the generation settings, as JSON.
        output_tokens_per_correct: the tokens of all answers for each right one, reasoning included.
        seconds_per_correct: the latencies of all answers for each right one, added up.
        under_load: the other requests that were to be under way; None without load.
        others_mean: how many were, on average over the answers.
        others_min: the fewest.
        less_load: answers during which fewer were under way than ENOUGH of them, or an unknown number.
        question_set: the name of the question set without that of the combination and the load.
        combination: what the generation settings are called in the set's grid; empty without a grid.
        correct: right answers.
        output_tokens_mean: the mean length of an answer, reasoning included; failed ones do not count.
        busy_s: see `answering_time`; like the fields below, None for a part of a set.
        energy_j: what the server's GPUs took in that time.
        energy_per_correct_j: `energy_j` for each right answer.
        cost_per_correct: the price of `busy_s` for each right answer, in the price's currency.
        cost_doubts: why energy and cost are doubtful.
        asks: what was asked; scores with the same value differ in load or repeats alone.
        repeats_needed: the repeats with which two runs would tell a difference of 3 points from noise;
            None where all answers have the same score.
    """

    dataset: str
    subset: str
    metric: str
    questions: int
    repeats: int
    value: float
    ci_low: float | None
    ci_high: float | None
    failed: int
    truncated: int | None
    empty: int | None = None
    unparsable: int | None = None
    second_value: float | None = None
    disagreements: int | None = None
    pass_at_k: float | None = None
    cons_at_k: float | None = None
    all_at_k: float | None = None
    repeats_needed: int | None = None
    generation: str | None = None
    output_tokens_per_correct: float | None = None
    seconds_per_correct: float | None = None
    under_load: int | None = None
    others_mean: float | None = None
    others_min: int | None = None
    less_load: int | None = None
    asks: str | None = None
    question_set: str | None = None
    combination: str | None = None
    correct: int | None = None
    output_tokens_mean: float | None = None
    busy_s: float | None = None
    energy_j: float | None = None
    energy_per_correct_j: float | None = None
    cost_per_correct: float | None = None
    cost_doubts: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every answer was got and judged."""
        return self.failed == 0


def score_rows(question_set: QuestionSet, rows: Sequence[SampleRow]) -> tuple[Score, ...]:
    """Return a score for each subset in the questions' order; none if there are no rows.

    If there are several subsets, the last score is OVERALL.
    """
    rows_of: dict[str, list[SampleRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.question, row.repeat)):
        rows_of[row.subset].append(row)
    scores = [_score(question_set, subset, subset_rows) for subset, subset_rows in rows_of.items()]
    if len(scores) > 1:
        scores.append(_score(question_set, OVERALL, rows))
    return tuple(scores)


def _score(question_set: QuestionSet, subset: str, rows: Sequence[SampleRow]) -> Score:
    of_question: _OfQuestion = defaultdict(list)
    for row in rows:
        of_question[row.question].append(row)
    values = [[row.value for row in answers] for answers in of_question.values()]
    means, numbers = [fmean(each) for each in values], [len(each) for each in values]
    low, high = interval(means, numbers)
    load, kind = question_set.under_load, question_set.definition.kind
    second = [row.second_correct for row in rows if row.second_correct is not None]
    return Score(
        dataset=question_set.set_name,
        subset=subset,
        metric=question_set.definition.metric,
        questions=len(means),
        repeats=max(numbers),
        value=fmean(means),
        ci_low=low,
        ci_high=high,
        failed=sum(row.error is not None for row in rows),
        truncated=sum(row.truncated for row in rows),
        empty=sum(row.empty for row in rows),
        unparsable=sum(row.unparsable for row in rows),
        second_value=sum(second) / len(rows) if second else None,
        disagreements=sum(row.disputed for row in rows) if second else None,
        pass_at_k=_mean(any_right, of_question),
        cons_at_k=_mean(partial(majority_right, kind), of_question) if kind != "text" else None,
        all_at_k=_mean(all_right, of_question),
        repeats_needed=repeats_to_tell(DIFFERENCE, values),
        generation=question_set.generation.model_dump_json(exclude_none=True),
        output_tokens_per_correct=_per_correct([row.output_tokens for row in rows], rows),
        seconds_per_correct=_per_correct([row.latency_s for row in rows], rows),
        question_set=question_set.base_name,
        combination=combination_of(question_set),
        correct=sum(row.correct for row in rows),
        output_tokens_mean=_mean_tokens(rows),
        **load_held(load.concurrency if load else None, rows)._asdict(),
    )


def _mean(judge: Callable[[Sequence[SampleRow]], float], of_question: _OfQuestion) -> float:
    return fmean(judge(answers) for answers in of_question.values())


def _mean_tokens(rows: Sequence[SampleRow]) -> float | None:
    """Return the mean length of the answers; None if there is none, or one does not tell its length."""
    lengths = [row.output_tokens for row in rows if row.error is None]
    known = [length for length in lengths if length is not None]
    return fmean(known) if known and len(known) == len(lengths) else None


def _per_correct(amounts: Sequence[float | None], rows: Sequence[SampleRow]) -> float | None:
    """Return the sum of what all answers took for each right one; None if an answer does not tell."""
    known = [amount for amount, row in zip(amounts, rows, strict=True) if row.error is None]
    correct = sum(row.correct for row in rows)
    if not correct or any(amount is None for amount in known):
        return None
    return sum(amount for amount in known if amount is not None) / correct
