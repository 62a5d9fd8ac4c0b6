"""Turns pydantic's errors about a spec into one InputError: field, value and remedy."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.config import load, refusal
from tasks.config.address import ADDRESS, WEB_ADDRESS, without_scheme
from tasks.config.load import LOAD_KINDS, TAG_PREFIX
from tasks.config.model_types import models_in_type
from tasks.config.requirements import requirement_of
from tasks.config.saturation import Saturation
from tasks.config.server import CommandServer, EndpointServer, VllmServer
from tasks.config.spec import Spec
from tasks.config.sweep import SEARCHED
from tasks.errors import InputError
from tasks.text import did_you_mean

Location = tuple[int | str, ...]
"""The path of a pydantic error: fields, list indexes and the tags of unions."""

SERVER_KINDS = ("vllm", "command", "endpoint")
MODEL_BY_TAG: dict[int | str, type[BaseModel]] = {
    "vllm": VllmServer,
    "command": CommandServer,
    "endpoint": EndpointServer,
    SEARCHED: Saturation,
    **{TAG_PREFIX + name: kind for name, kind in LOAD_KINDS.items()},
}
"""The model that each tag in a location stands for."""
SHOWN_CHARACTERS = 60


def spec_error(error: ValidationError, where: str) -> InputError:
    """Return an InputError for the first of pydantic's errors; its remedy counts the others.

    Args:
        error: the error that pydantic raised for a Spec.
        where: the spec's name; the message begins with it.
    """
    findings = error.errors(include_url=False)
    # A misspelt field also causes a "missing" error for the right name, so report the misspelling first.
    first = min(findings, key=lambda finding: finding["type"] != "extra_forbidden")
    what, remedy = _what_and_remedy(first)
    more = f" ({len(findings) - 1} more after this one)" if len(findings) > 1 else ""
    return InputError(f"{where}: {what}", f"{remedy}{more}")


def _what_and_remedy(finding: ErrorDetails) -> tuple[str, str]:
    field = _field_path(finding["loc"])
    value = _shortened(finding["input"])
    context = finding.get("ctx", {})
    match finding["type"]:
        case refusal.REFUSED:
            where = f"{field}: " if field else ""
            return f"{where}{context['what']}", context["remedy"]
        case load.NO_SINGLE_KIND:
            return f"{field} is not a single kind of load", finding["msg"]
        case "extra_forbidden":
            return f"{field} is not a field", _known_fields(finding["loc"])
        case "missing":
            return f"{field} is missing", f"give {field} a value"
        case "union_tag_not_found":
            return f"{field}.kind is missing", f"it must be one of: {', '.join(SERVER_KINDS)}"
        case "union_tag_invalid":
            return f"{field}.kind is {context['tag']!r}", f"it must be one of: {', '.join(SERVER_KINDS)}"
        case "too_short":
            return f"{field} is empty", "give it at least one entry"
        case "string_pattern_mismatch":
            return _unmatched(field, finding)
    return f"{field} is {value}", requirement_of(finding)


def _unmatched(field: str, finding: ErrorDetails) -> tuple[str, str]:
    """Return the error of a text that does not match its pattern; an address has words of its own."""
    pattern, text = finding["ctx"]["pattern"], finding["input"]
    if pattern not in (ADDRESS, WEB_ADDRESS):
        return f"{field} is {_shortened(text)}", f"it must match {pattern}"
    context = without_scheme(text).context or {}
    return f"{field}: {context['what']}", context["remedy"]


def _field_path(location: Location) -> str:
    """Return the location as a path in the spec, without tags; empty for the spec itself."""
    parts = [str(part) for part in location if not str(part).startswith(TAG_PREFIX)]
    if parts[:1] == ["server"] and parts[1:2] and parts[1] in SERVER_KINDS:
        del parts[1]
    return ".".join(parts)


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 3]}..."


def _known_fields(location: Location) -> str:
    """Return the remedy for an unknown field: the nearest name, and all allowed names."""
    *parents, unknown = location
    names = sorted({name for model in _models_at(parents) for name in model.model_fields})
    return f"{did_you_mean(str(unknown), names)}allowed are: {', '.join(names)}"


def _models_at(location: Iterable[int | str]) -> list[type[BaseModel]]:
    """Return the models that a value at a location may be an instance of."""
    models: list[type[BaseModel]] = [Spec]
    for part in location:
        if MODEL_BY_TAG.get(part) in models:
            models = [MODEL_BY_TAG[part]]
        elif nested := _models_in_field(models, part):
            models = nested
    return models


def _models_in_field(models: list[type[BaseModel]], field: int | str) -> list[type[BaseModel]]:
    nested: list[type[BaseModel]] = []
    for model in models:
        if field in model.model_fields:
            nested += models_in_type(model.model_fields[str(field)].annotation)
    return nested
