"""Turns what EvalScope asks, gets and judges into one row for each question and repeat."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

from evalscope.metrics.math.contracts import MathEvaluationError
from evalscope.metrics.math.isolation import isolation_available, run_isolated
from pydantic import TypeAdapter

from tasks.config.datasets import Dataset
from tasks.measure.accuracy.asking_worker import Asked, AskingModel
from tasks.measure.accuracy.final_answer import final_box, marks_an_answer, plain_integer
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.second_grader import SecondGrade, grade
from tasks.measure.accuracy.unjudged import NOT_JUDGED, reason_unjudged
from tasks.measure.jobs import AccuracyJob
from tasks.measure.row_files import SAMPLES, one_line

FINISH_REASONS = {"max_tokens": "length"}
"""EvalScope's finish reasons that have another name in OpenAI's API."""
NO_ANSWER = "no answer was recorded"
GRADING_TIMEOUT_S = 10
_ROW = TypeAdapter(SampleRow)

Key = tuple[str, int]
"""EvalScope's subset, and the number of a sample in it."""


@dataclass(slots=True)
class _Sample:
    """One question at one repeat, and what is known about it so far."""

    subset: str
    question: int
    repeat: int
    target: str
    prompt: str
    state: Any = None
    asked: Asked | None = None
    error: str | None = None
    written: bool = False


class RowSink:
    """Collects what is known about each sample, and writes its row once it is judged."""

    def __init__(self, job: AccuracyJob, model: AskingModel) -> None:
        """Write to a new file in the job's folder. `judgements`: EvalScope's scores of the answers so far."""
        self._path, self._model = job.folder / SAMPLES, model
        self._dataset, self._repeats = job.accuracy.definition, job.accuracy.repeats
        self._mask = job.judge.masked if job.judge else str
        self._samples: dict[Key, _Sample] = {}
        self._keys: dict[int, Key] = {}
        self._lock = Lock()
        self.judgements: list[float] = []
        self._path.write_bytes(b"")

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self._samples)

    def expect(self, dataset_dict: Any) -> None:
        """Note every sample that EvalScope will ask."""
        total = sum(len(samples) for samples in dataset_dict.values()) // self._repeats
        whole = len(dataset_dict) == 1 and len(self._dataset.hub_subsets) <= 1
        first = 0
        for subset, samples in dataset_dict.items():
            for sample in samples:
                number = first + sample.id // self._repeats
                name = self._dataset.subset_of(number, total) if whole else subset
                self._keys[id(sample)] = (subset, sample.id)
                self._samples[(subset, sample.id)] = _Sample(
                    subset=name,
                    question=number,
                    repeat=sample.id % self._repeats,
                    target=_target(sample.target),
                    prompt=sample.input if isinstance(sample.input, str) else sample.input[-1].text,
                )
            first += len(samples) // self._repeats

    def answered(self, sample: Any, state: Any) -> None:
        """Note an answer."""
        known = self._samples[self._keys[id(sample)]]
        known.state, known.asked = state, self._model.last_asked

    def failed(self, subset: str, sample: Any, error: Exception) -> None:
        """Note that a request failed, or that its answer could not be judged."""
        known = self._samples[(subset, sample.id)]
        if known.state is None:
            known.asked = self._model.last_asked
            known.error = known.asked.error
        known.error = (
            known.error or f"{NOT_JUDGED}: {one_line(str(error) or type(error).__name__, self._mask)}"
        )

    def judged(self, subset: str, sample_id: int, sample_score: Any) -> None:
        """Write the row of a judged answer; do nothing if it is written already."""
        known = self._samples[(subset, sample_id)]
        if not known.written:
            if sample_score.score.main_value is not None:
                self.judgements.append(float(sample_score.score.main_value))
            self._write(known, self._judged_row(known, sample_score.score))

    def finish(self) -> None:
        """Write the rows of all samples that have none yet."""
        for known in self._samples.values():
            if not known.written:
                known.error = known.error or NO_ANSWER
                self._write(known, _row(known))

    def _judged_row(self, known: _Sample, score: Any) -> SampleRow:
        if score.status == "success" and score.main_value is not None:
            return _judged_row(self._dataset, known, score)
        row = _row(known, answer=score.extracted_prediction or None)
        return _replace(row, error=row.error or reason_unjudged(score.metadata, self._mask))

    def _write(self, known: _Sample, row: SampleRow) -> None:
        known.written, known.state = True, None
        with self._lock, self._path.open("ab") as file:
            file.write(_ROW.dump_json(row) + b"\n")


def _judged_row(dataset: Dataset, known: _Sample, score: Any) -> SampleRow:
    row = _row(known, answer=score.extracted_prediction or None)
    value = float(score.main_value)
    second = _second_grade(dataset, row)
    if row.truncated and not marks_an_answer(dataset.kind, row.response):
        value = 0.0  # what a cut-off response happens to end in is no answer
    return _replace(
        row,
        score=value,
        correct=value >= 1,
        second_answer=second.answer if second else None,
        second_correct=second.correct if second else None,
    )


def _second_grade(dataset: Dataset, row: SampleRow) -> SecondGrade | None:
    """Return the second grader's judgement; None if it does not apply to the benchmark or takes too long."""
    if dataset.kind == "text" or not row.target:
        return None
    arguments = (dataset.kind, row.response, row.target, row.truncated)
    try:
        if dataset.kind == "choice" or not isolation_available() or _is_plain(row):
            return grade(*arguments)
        result: SecondGrade = run_isolated(grade, arguments, GRADING_TIMEOUT_S, "second grader", kwargs={})
        return result
    except MathEvaluationError:
        return None


def _is_plain(row: SampleRow) -> bool:
    """Whether answer and target are integers, so that judging needs no process that can be ended."""
    box = final_box(row.response)
    return box is not None and None not in (plain_integer(box), plain_integer(row.target))


def _row(known: _Sample, answer: str | None = None) -> SampleRow:
    """Return the row of a sample without a judgement."""
    output = known.state.output if known.state is not None else None
    choice = output.choices[0] if output is not None and output.choices else None
    reasoning, text = _texts(choice.message.content) if choice else ("", "")
    usage = output.usage if output is not None else None
    perf = choice.message.perf_metrics if choice else None
    asked = known.asked or Asked("", 0)
    return SampleRow(
        subset=known.subset,
        question=known.question,
        repeat=known.repeat,
        target=known.target,
        answer=answer,
        correct=False,
        response=text,
        finish_reason=FINISH_REASONS.get(choice.stop_reason, choice.stop_reason) if choice else None,
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        latency_s=output.time if output is not None else None,
        error=known.error,
        prompt=known.prompt,
        reasoning=reasoning or None,
        reasoning_tokens=usage.reasoning_tokens if usage else None,
        ttft_s=perf.ttft if perf else None,
        first_answer_s=asked.first_answer_s,
        tries=asked.tries,
        asked_by=asked.asked_by or None,
        others_mean=asked.others_mean,
        others_min=asked.others_min,
        sent_at=asked.sent_at,
    )


def _replace(row: SampleRow, **changes: Any) -> SampleRow:
    return SampleRow(**{name: getattr(row, name) for name in SampleRow.__slots__} | changes)


def _texts(content: Any) -> tuple[str, str]:
    """Return the reasoning and the text of a message."""
    if isinstance(content, str):
        return "", content
    reasoning = [part.reasoning for part in content or () if getattr(part, "reasoning", None)]
    texts = [part.text for part in content or () if getattr(part, "text", None)]
    return "\n\n".join(reasoning), "\n\n".join(texts)


def _target(target: Any) -> str:
    return target if isinstance(target, str) else "".join(map(str, target))
