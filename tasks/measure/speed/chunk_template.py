"""Recognises chunks that differ from an earlier one in their text alone, so that they need no JSON parser."""

from __future__ import annotations

import json
import re

from tasks.measure.speed.output import TEXT_FIELDS

ATTEMPTS = 8
"""Templates that may fail to recognise a chunk one after the other before no further one is made."""
_TEXT_VALUE = re.compile(rb'"(?:%b)" ?: ?"(?P<text>[^"\\\r\n]+)"' % "|".join(TEXT_FIELDS).encode())
_PROBE = "Q7"


class ChunkTemplate:
    """The bytes before and after the text of a chunk, which a server repeats in each chunk of a response.

    A chunk that has the same bytes there, and between them a text without quotes and backslashes, is the same
    JSON with another text: it carries output and nothing else.
    """

    __slots__ = ("_attempts", "_seen", "prefix", "suffix")

    def __init__(self) -> None:
        """Recognise nothing yet."""
        self.prefix: bytes = b"\n\n"  # no event holds it
        self.suffix: bytes = b""
        self._attempts, self._seen = ATTEMPTS, 0

    def matches(self, event: bytes) -> bool:
        """Whether an event is such a chunk."""
        if not (event.startswith(self.prefix) and event.endswith(self.suffix)):
            return False
        text = event[len(self.prefix) : len(event) - len(self.suffix)]
        return (
            text != b"" and b'"' not in text and b"\\" not in text and b"\n" not in text and b"\r" not in text
        )

    def learn(self, event: bytes, outputs: int) -> None:
        """Take a parsed chunk, whose one choice carries output and nothing else, as the template.

        Args:
            event: the chunk's event.
            outputs: chunks with output so far; shows whether the last template has recognised any.
        """
        recognised = outputs - self._seen > 1
        self._attempts = ATTEMPTS if recognised else self._attempts - 1
        self._seen = outputs
        if self._attempts < 0 or not event.startswith(b"data:") or b"\n" in event or b"\r" in event:
            return
        for match in _TEXT_VALUE.finditer(event):
            start, end = match.span("text")
            if _is_text_of_choice(event[5:start], event[end:], match[0]):
                self.prefix, self.suffix = event[:start], event[end:]
                return


def _is_text_of_choice(before: bytes, after: bytes, match: bytes) -> bool:
    """Whether a text between these bytes is that of the first choice, and not of a field somewhere else."""
    field = match[1 : match.index(b'"', 1)].decode()
    try:
        choice = json.loads((before + _PROBE.encode() + after).decode("utf-8", "replace"))["choices"][0]
    except (ValueError, RecursionError):
        return False
    return bool((choice.get("delta") or choice).get(field) == _PROBE)
