"""Why an answer has no judgement. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tasks.measure.row_files import one_line

NOT_JUDGED = "the answer could not be judged"


def reason_unjudged(metadata: Mapping[str, Any] | None, mask: Callable[[str], str]) -> str:
    """Return in one line why a judge gave no verdict, or that the answer could not be judged.

    Args:
        metadata: what EvalScope notes about a judgement; it lists what each judge was asked and answered.
        mask: replaces secrets, which a judge's error may repeat.
    """
    for attempt in (metadata or {}).get("judge_attempts") or ():
        if attempt.get("error"):
            return f"{NOT_JUDGED}: judge {attempt.get('judge_id')}: {one_line(str(attempt['error']), mask)}"
    return NOT_JUDGED
