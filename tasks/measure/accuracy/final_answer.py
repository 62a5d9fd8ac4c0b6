"""Finds the final answer that a response marks as such: a box, or a line such as `ANSWER: B`. Pure."""

from __future__ import annotations

import re

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_TEXT = re.compile(r"\\(?:text|textbf|mathrm|mathbf|textit)\s*\{([^{}]*)\}")
_CHOICE = re.compile(
    r"(?:answer(?:\s+is)?|答案(?:是|为)?)\s*[:：]?\s*[*_(（\[\s]*([A-Z]{1,10})(?![A-Za-z])", re.IGNORECASE
)


def final_box(text: str) -> str | None:
    r"""Return the content of the last \boxed{…} or \fbox{…} that is complete and not empty; else None."""
    found = None
    for match in _BOX.finditer(text):
        content = _content(text, match.end())
        if content and content.strip():
            found = content.strip()
    return found


def without_words(box: str) -> str:
    r"""Return a box's content without \text{…} around or beside the answer, if an answer remains."""
    bare = _TEXT.sub("", box).strip()
    if re.search(r"[0-9A-Za-z]", bare):
        return bare
    return _TEXT.sub(lambda match: match.group(1), box).strip()


def plain_integer(text: str) -> int | None:
    """Return the integer that a text consists of; None for any other text."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()) else None


def marked_choice(text: str) -> str | None:
    """Return the letters of the choice that a response names as its answer; None if it names none."""
    box = final_box(text)
    if box is not None:
        letters = without_words(box).strip("()（）. ").upper()
        return letters if re.fullmatch(r"[A-Z]{1,10}", letters) else None
    found = [match.group(1) for match in _CHOICE.finditer(text) if match.group(1).isupper()]
    return found[-1] if found else None


def marks_an_answer(kind: str, text: str) -> bool:
    """Whether a response to a question of a kind of dataset marks its answer; free text always does."""
    if kind == "number":
        return final_box(text) is not None
    return kind == "text" or marked_choice(text) is not None


def _content(text: str, start: int) -> str | None:
    """Return the text up to the brace that closes the one before `start`; None if it is not closed."""
    depth = 1
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return text[start:index]
    return None
