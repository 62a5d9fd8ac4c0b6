"""The error that spec validators raise. It keeps the problem and the remedy in separate fields."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

REFUSED = "refused"
"""The pydantic error type; its context holds `what` and `remedy`, which spec_errors.py reads."""


def refuse(what: str, remedy: str) -> PydanticCustomError:
    """Return the error for a validator to raise.

    Args:
        what: the problem with the value, in one line.
        remedy: how to correct it, in one line.
    """
    return PydanticCustomError(REFUSED, "{what}; {remedy}", {"what": what, "remedy": remedy})
