"""Text helpers for every stage: the end of a log, the most similar name, control characters, markers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

GIGABYTE = 10**9
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move a terminal's cursor, turn the direction of writing, or cannot be written at all."""
READ_LIMIT_BYTES = 512 * 1024
"""The most bytes that are read from the end of a file, because a log may have grown for days."""


def tail(path: Path, lines: int, start: int = 0) -> str:
    """Return the last `lines` lines of a file after byte `start`; empty if the file cannot be read."""
    return last_lines(read_end(path, start), lines)


def last_lines(text: str, lines: int) -> str:
    """Return the last `lines` lines of a text; blank space at its start and end is removed first."""
    return "\n".join(text.strip().splitlines()[-lines:])


def read_end(path: Path, start: int = 0) -> str:
    """Return a file's text after byte `start`, at most its last 512 KiB; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - READ_LIMIT_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def status_and_message(status: int, message: str) -> str:
    """Return `404: Not Found`; a message that begins with the status itself does not repeat it."""
    rest = re.sub(rf"^{status}\b[\s:.,-]*", "", message.strip())
    return f"{status}: {rest}" if rest else str(status)


def between_markers(page: str, begin: str, end: str, content: str) -> str:
    """Return a page whose lines between two markers are replaced; raise ValueError if it lacks a marker."""
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the page has no {begin} … {end}")
    return f"{before}{begin}\n{content}\n{end}{after}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean NAME? ` with the most similar name and a trailing space; empty if none is similar."""
    similar = get_close_matches(name, list(known), 1)
    return f"did you mean {similar[0]}? " if similar else ""


def gigabytes(size_bytes: float) -> str:
    """Bytes as `12.3 GB`."""
    return f"{size_bytes / GIGABYTE:.1f} GB"


def printable(text: str) -> str:
    """The text with control characters written out, as `\\x1b`; line breaks and tabs stay.

    A server's answer or an external name may hold an escape sequence that a terminal would execute.
    """
    return CONTROL.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
