"""What the output of a failed command means: tables of patterns, each with an error and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tasks.errors import ServegaugeError
from tasks.text import last_lines

DETAIL_LINES = 15


class CommandFailure(NamedTuple):
    """One known failure of a command.

    In `what` and `remedy`, `{0}` stands for the text of the pattern's group, and names for the words that
    `find_failure` is called with.
    """

    pattern: re.Pattern[str]
    error: type[ServegaugeError]
    what: str
    remedy: str


def find_failure(
    output: str, failures: Iterable[CommandFailure], subject: str, **words: object
) -> ServegaugeError | None:
    """Return the error of the first row that matches a command's output; None if no row matches.

    Args:
        output: what the command printed; its last lines become the error's detail.
        failures: the rows, in the order of search.
        subject: what the command worked on; the message begins with it.
        words: values for the names in `what` and `remedy`.
    """
    for failure in failures:
        match = failure.pattern.search(output)
        if match:
            groups = [group.rstrip(",") for group in match.groups() if group]
            what = failure.what.format(*groups, **words)
            remedy = failure.remedy.format(*groups, **words)
            return failure.error(f"{subject}: {what}", remedy, last_lines(output, DETAIL_LINES))
    return None
