"""The second grader: judges an answer without EvalScope's extraction, a number by the library math-verify.

Import it only in a measuring process: math-verify takes seconds to import.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from math_verify import (
    ExprExtractionConfig,
    LatexExtractionConfig,
    parse,
    verify,
)

from tasks.measure.accuracy.final_answer import final_box, marked_choice, without_words

LONGEST_BOX = 300
"""Characters of a box from which on its content is no number that is worth parsing."""
TAIL = 400
"""Characters at the end of a response without a box in which a number is searched."""


class SecondGrade(NamedTuple):
    """The answer that the second grader found, None if it found none, and whether the answer is right."""

    answer: str | None
    correct: bool


def grade(kind: Literal["number", "choice"], response: str, target: str, truncated: bool) -> SecondGrade:
    """Judge the text of a response. A truncated response counts only by an answer that it marks."""
    if kind == "choice":
        letters = marked_choice(response)
        return SecondGrade(letters, letters is not None and sorted(letters) == sorted(target.strip().upper()))
    box = final_box(response)
    if box is None and truncated:
        return SecondGrade(None, False)
    text = f"${without_words(box)[:LONGEST_BOX]}$" if box is not None else response[-TAIL:]
    found = _parse(text)
    if not found:
        return SecondGrade(None, False)
    right = verify(_parse(f"${target}$"), found, float_rounding=6, timeout_seconds=None)
    return SecondGrade(str(found[-1]), bool(right))


def _parse(text: str) -> list[object]:
    """Return what math-verify reads in a text: the expression, and its text."""
    configs = (LatexExtractionConfig(), ExprExtractionConfig())
    found: list[object] = parse(text, extraction_config=configs, parsing_timeout=None)
    return found
