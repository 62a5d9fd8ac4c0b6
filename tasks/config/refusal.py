"""The error that validators of a spec raise: what is wrong and the remedy, as separate fields."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

REFUSED = "refused"
"""The pydantic error type; its context holds `what` and `remedy`, which spec_errors.py reads."""


def refuse(what: str, remedy: str) -> PydanticCustomError:
    """The error to raise where a value is wrong.

    Args:
        what: what is wrong with the value, one line.
        remedy: what would be right, one line.
    """
    return PydanticCustomError(REFUSED, "{what}; {remedy}", {"what": what, "remedy": remedy})
