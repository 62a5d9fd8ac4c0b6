"""What a field of a spec must be, in plain words: pydantic's messages name its own types."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from tasks.config.lengths import NUMBER
from tasks.config.sweep import SEARCHED

A_LENGTH = "give a whole number, {uniform: [low, high]} or {lognormal: {mean, sd, max}}"
A_LOAD = (
    "give a list of loads, as [{concurrency: 8, requests: 40}], or a search, as "
    "{until: saturated, concurrency: 1}"
)
NOT_A_NUMBER = frozenset({"int_type", "int_parsing", "int_parsing_size", "int_from_float"})
"""pydantic's types of errors about a value that is no whole number."""
FIELDS_WANTED = frozenset({"model_type", "model_attributes_type", "dict_type"})
"""pydantic's types of errors about a value that has no fields."""
PLAIN = {
    **dict.fromkeys(NOT_A_NUMBER, "it must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "it must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "it must be true or false"),
    **dict.fromkeys(("list_type", "tuple_type"), "it must be a list, as [a, b]"),
    **dict.fromkeys(FIELDS_WANTED, "it must be a mapping, as {field: value}"),
    "string_type": "it must be a text",
}


def requirement_of(finding: ErrorDetails) -> str:
    """Return what the value of a finding must be."""
    kind, place = finding["type"], finding["loc"][-1:]
    if place == (SEARCHED,) and kind in FIELDS_WANTED:
        return A_LOAD
    if place == (NUMBER,) and kind in NOT_A_NUMBER:
        return A_LENGTH
    if kind in PLAIN:
        return PLAIN[kind]
    return finding["msg"].replace("Input should be", "it must be").replace("tuple", "list")
