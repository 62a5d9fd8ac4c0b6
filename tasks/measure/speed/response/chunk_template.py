"""Recognises chunks that differ from an earlier chunk only in their text, so that JSON parsing is skipped."""

from __future__ import annotations

import json
import re

from tasks.measure.speed.response.output import TEXT_FIELDS

ATTEMPTS = 8
"""After this many consecutive templates that recognise no chunk, no further template is made."""
_TEXT_VALUE = re.compile(rb'"(?:%b)" ?: ?"(?P<text>[^"\\\r\n]+)"' % "|".join(TEXT_FIELDS).encode())
_PROBE = "Q7"


class ChunkTemplate:
    """The bytes before and after the text of a chunk, which a server repeats in each chunk of a response.

    A chunk with the same bytes, and between them a text without quotes, backslashes and line ends, is the
    same JSON with a different text: it contains output and nothing else.
    """

    __slots__ = ("_attempts", "_seen", "prefix", "suffix")

    def __init__(self) -> None:
        """Create a template that matches no event until `learn` is called."""
        self.prefix: bytes = b"\n\n"  # no event holds it
        self.suffix: bytes = b""
        self._attempts, self._seen = ATTEMPTS, 0

    def matches(self, event: bytes) -> bool:
        """Return whether an event has the template's prefix and suffix around a plain text."""
        if not (event.startswith(self.prefix) and event.endswith(self.suffix)):
            return False
        text = event[len(self.prefix) : len(event) - len(self.suffix)]
        return (
            text != b"" and b'"' not in text and b"\\" not in text and b"\n" not in text and b"\r" not in text
        )

    def learn(self, event: bytes, outputs: int) -> None:
        """Make a parsed chunk the template; its only choice must contain output and nothing else.

        Args:
            event: the chunk's event.
            outputs: number of chunks with output so far; it shows whether the last template recognised any.
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
    """Return whether the text between these bytes is the text of the first choice, not of another field."""
    field = match[1 : match.index(b'"', 1)].decode()
    try:
        choice = json.loads((before + _PROBE.encode() + after).decode("utf-8", "replace"))["choices"][0]
    except (ValueError, RecursionError):
        return False
    return bool((choice.get("delta") or choice).get(field) == _PROBE)
