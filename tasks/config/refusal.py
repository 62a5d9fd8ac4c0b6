"""How a validator of the spec refuses a value: what is wrong, and what to do, as separate fields."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

REFUSED = "refused"
"""Type of the pydantic error, by which spec_errors.py finds its two fields."""


def refuse(what: str, remedy: str) -> PydanticCustomError:
    """The error to raise: `what` is wrong with the value, and the `remedy`, one line each."""
    return PydanticCustomError(REFUSED, "{what}; {remedy}", {"what": what, "remedy": remedy})
