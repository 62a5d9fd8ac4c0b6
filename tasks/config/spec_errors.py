"""What pydantic found wrong in a spec, said so that a person can mend it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.config.spec import Spec
from tasks.config.sweep import LISTED, SOUGHT
from tasks.errors import InputError

KINDS = ("vllm", "command", "endpoint")


def explain(error: ValidationError, data: object, where: str) -> InputError:
    """The first finding as an InputError (path, what was given, what is allowed), the rest as a count."""
    findings = error.errors(include_url=False)
    # An unknown field explains the missing one beside it, so it comes first.
    first = min(findings, key=lambda finding: finding["type"] != "extra_forbidden")
    what, remedy = _say(first, data)
    more = f" ({len(findings) - 1} more after this one)" if len(findings) > 1 else ""
    return InputError(f"{where}: {what}", f"{remedy}{more}")


def _say(finding: ErrorDetails, data: object) -> tuple[str, str]:
    path = [part for part in finding["loc"] if part not in (LISTED, SOUGHT)]
    if path[:1] == ["server"] and path[1:2] and path[1] in KINDS:
        del path[1]  # pydantic's own: which kind of server it took it for
    name = ".".join(str(part) for part in path) or "the whole"
    match finding["type"]:
        case "extra_forbidden":
            allowed = _fields(Spec, path[:-1], data)
            near = get_close_matches(str(path[-1]), allowed, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            return f"{name} is no field", f"{hint}allowed are: {', '.join(allowed)}"
        case "missing":
            return f"{name} is missing", f"give {name} a value"
        case "union_tag_invalid" | "union_tag_not_found":
            return (
                f"{name}.kind is {_short(_kind(finding['input']))}",
                f"it must be one of: {', '.join(KINDS)}",
            )
        case "value_error":
            what, _, remedy = finding["msg"].removeprefix("Value error, ").partition("; ")
            return f"{name}: {what}", remedy or f"change {name}"
        case "too_short":
            return f"{name} is empty", "give it at least one entry"
        case "string_pattern_mismatch":
            return f"{name} is {_short(finding['input'])}", f"it must match {finding['ctx']['pattern']}"
    allowed_text = finding["msg"].replace("Input should be", "it must be").replace("tuple", "list")
    return f"{name} is {_short(finding['input'])}", allowed_text


def _kind(server: object) -> object:
    return server.get("kind", "missing") if isinstance(server, dict) else server


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _fields(model: type[BaseModel], path: list[str | int], data: Any) -> list[str]:
    """Field names of the model that stands at a path of the spec."""
    candidates: list[type[BaseModel]] = [model]
    for part in path:
        data = data[part]
        if isinstance(part, str):
            found = [m.model_fields[part].annotation for m in candidates if part in m.model_fields]
            candidates = [inner for annotation in found for inner in _models(annotation)]
    if isinstance(data, dict) and len(candidates) > 1:
        candidates = [model for model in candidates if _fits(model, path, data)]
    return sorted({name for m in candidates for name in m.model_fields})


def _fits(model: type[BaseModel], path: list[str | int], data: dict[str, Any]) -> bool:
    """Whether this one of several models is meant: a server by its kind, a load by standing in a list."""
    if "kind" in model.model_fields:
        return data.get("kind") in get_args(model.model_fields["kind"].annotation)
    return ("until" in model.model_fields) != isinstance(path[-1], int)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]
