"""One answer as the page of samples shows it: its marks, its facts, and its texts with what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.config.base import Frozen
from tasks.config.datasets import WHOLE
from tasks.measure.speed.figures.notation import MISSING
from tasks.record.read_samples import ReadSample

EXCERPT = 160
"""Characters of the question in the line of a closed sample."""
FOLDED_FROM = 2_000
"""Characters from which on an answer is folded, with its end shown below."""
SHORT = 100
"""Characters up to which a target or an extracted answer stands among the facts."""
END = 400
"""Characters of a folded answer's end."""
TITLES = {
    "prompt": "Question",
    "reasoning": "Reasoning",
    "response": "Answer",
    "target": "Target",
    "answer": "EvalScope read",
    "second_answer": "Second grader read",
    "error": "Error",
}
VERDICTS = ("EvalScope", "Second grader")
"""The facts whose values are words of the page, not of a model."""
_MAY_BE_FACTS = ("target", "answer", "second_answer")
MARKS = {
    "differ": "graders differ",
    "truncated": "truncated",
    "failed": "failed",
    "empty": "empty",
    "unparsable": "no answer found",
}
"""The marks of a sample by the value of their filter; `right` and `wrong` are its state."""


class Text(Frozen):
    """A text of a sample. Between `head` and `tail`, which are shown, `left_out` characters are missing."""

    column: str
    title: str
    head: str
    tail: str = ""
    length: int
    left_out: int = 0

    @property
    def folded(self) -> bool:
        """Whether the page folds the text."""
        return self.column == "reasoning" or self.length > FOLDED_FROM

    @property
    def end(self) -> str:
        """The end of a long text, where a final answer stands."""
        return (self.tail or self.head)[-END:]


class SampleView(Frozen):
    """One answer. `number`: of its question, and of its repeat if there are several.

    `state`: right, wrong or failed. `marks`: keys of MARKS. `facts`: names and values.
    """

    subset: str
    number: str
    state: str
    marks: tuple[str, ...]
    excerpt: str
    read: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[Text, ...]


def sample_view(sample: ReadSample, common: str, *, repeats: bool) -> SampleView:
    """Return the view of a sample.

    Args:
        sample: the row.
        common: what all prompts of the set begin with; the excerpt leaves it out.
        repeats: whether the set's questions are asked several times.
    """
    row = sample.row
    return SampleView(
        subset="" if row["subset"] == WHOLE else row["subset"],
        number=f"{row['question']} #{row['repeat'] + 1}" if repeats else str(row["question"]),
        state="failed" if row["error"] is not None else "right" if row["correct"] else "wrong",
        marks=_marks(row),
        excerpt=_one_line((row["prompt"] or "").removeprefix(common)),
        read=_read(row),
        facts=(*_short_texts(row), *_facts(row)),
        texts=tuple(_text(sample, column) for column in TITLES if row[column] and not _is_short(row, column)),
    )


def common_start(prompts: Sequence[str]) -> str:
    """Return the words that all prompts begin with, such as instructions; empty for a single prompt."""
    different = set(prompts)
    if len(different) < 2:
        return ""
    start = _common_prefix(min(different), max(different))  # the others lie between these two
    return start[: max(start.rfind(" "), start.rfind("\n")) + 1]


def _read(row: dict[str, Any]) -> str:
    """Return what EvalScope read in the answer, and the target if it is another."""
    read = _one_line(row["answer"] or "") or MISSING
    if row["error"] is not None or row["correct"] or not _is_short(row, "target"):
        return read
    return f"{read}, not {_one_line(row['target'])}"


def _is_short(row: dict[str, Any], column: str) -> bool:
    text = row[column]
    return column in _MAY_BE_FACTS and bool(text) and len(text) <= SHORT and "\n" not in text


def _short_texts(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((TITLES[column], row[column]) for column in _MAY_BE_FACTS if _is_short(row, column))


def _common_prefix(first: str, second: str) -> str:
    length = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        length += 1
    return first[:length]


def _marks(row: dict[str, Any]) -> tuple[str, ...]:
    judged, response = row["error"] is None, (row["response"] or "").strip()
    holds = {
        "differ": row["second_correct"] is not None and row["second_correct"] != row["correct"],
        "truncated": row["finish_reason"] == "length",
        "failed": not judged,
        "empty": judged and not response,
        "unparsable": judged and bool(response) and not row["answer"],
    }
    return tuple(mark for mark in MARKS if holds[mark])


def _facts(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what is known of a sample besides its texts; what is not known is left out."""
    facts = {
        VERDICTS[0]: _judgement(row["correct"]) if row["error"] is None else None,
        "Score": None if row["score"] in (None, 0.0, 1.0) else f"{row['score']:.3f}",
        VERDICTS[1]: _judgement(row["second_correct"]),
        "Finish reason": row["finish_reason"],
        "Input": _tokens(row["input_tokens"]),
        "Output": _tokens(row["output_tokens"]),
        "of it reasoning": _tokens(row["reasoning_tokens"]),
        "TTFT": _seconds(row["ttft_s"]),
        "First token of the answer": _seconds(row["first_answer_s"]),
        "Latency": _seconds(row["latency_s"]),
        "Tries": str(row["tries"]) if (row["tries"] or 1) > 1 else None,
        "Others under way": None if row["others_mean"] is None else f"{row['others_mean']:.1f} on average",
    }
    return tuple((name, value) for name, value in facts.items() if value is not None)


def _text(sample: ReadSample, column: str) -> Text:
    text, length = sample.row[column], sample.lengths[column]
    half = sample.limit // 2
    cut = length > sample.limit
    return Text(
        column=column,
        title=TITLES[column],
        head=(text[:half] if cut else text).lstrip("\n"),
        tail=text[half:] if cut else "",
        length=length,
        left_out=length - len(text) if cut else 0,
    )


def _judgement(correct: bool | None) -> str | None:
    return None if correct is None else "right" if correct else "wrong"


def _tokens(count: int | None) -> str | None:
    return None if count is None else f"{count:,} tokens"


def _seconds(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:,.2f} s"


def _one_line(text: str) -> str:
    line = " ".join(text[: 4 * EXCERPT].split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"
