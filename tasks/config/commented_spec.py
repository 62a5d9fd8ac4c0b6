"""Writes a spec as YAML: plain, or with a comment for every field for a person to edit."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.model_types import models_in_type
from tasks.config.spec import Spec
from tasks.config.spec_paths import Fields

WIDTH = 100
STEP = "  "


def commented_spec(fields: Fields) -> str:
    """Return a spec's fields as YAML, each after a comment that describes it.

    Fields that the spec does not set follow as comments that hold their defaults, without a space after `#`.
    A list's first entry is described, the others are not.

    Args:
        fields: the raw fields of a valid spec.
    """
    lines: list[str] = []
    for line in _mapping(Spec, fields, described=True):
        if line.startswith("# ") and lines and not lines[-1].startswith("# "):
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


def plain_spec(fields: Fields) -> str:
    """Return a spec's fields as YAML without comments."""
    return "\n".join(_mapping(Spec, fields, described=False)) + "\n"


def _mapping(model: type[BaseModel], given: Fields, described: bool) -> list[str]:
    lines: list[str] = []
    for name, value in given.items():
        info = model.model_fields.get(name)
        if described and info:
            lines += _comment(info)
        lines += _field(name, value, info, described)
    for name, info in model.model_fields.items():
        if described and name not in given:
            default = info.get_default(call_default_factory=True)
            lines += [*_comment(info), f"#{name}: {_flow(default)}"]
    return lines


def _field(name: str, value: Any, info: FieldInfo | None, described: bool) -> list[str]:
    """Return the lines of one field: its value beside its name, or in indented lines below."""
    if isinstance(value, dict) and value:
        model = _model_for(info, value)
        nested = (
            _mapping(model, value, described) if model else [f"{key}: {_flow(v)}" for key, v in value.items()]
        )
        return [f"{name}:", *_indented(nested)]
    if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        lines = [f"{name}:"]
        for number, entry in enumerate(value):
            lines += _indented(_entry(entry, info, described and number == 0))
        return lines
    return [f"{name}: {_flow(value)}"]


def _entry(entry: Any, info: FieldInfo | None, described: bool) -> list[str]:
    model = _model_for(info, entry)
    if model is None or issubclass(model, LoadKind):
        return [f"- {_flow(entry)}"]
    first, *others = _mapping(model, entry, described)
    return [f"- {first}", *_indented(others)]


def _model_for(info: FieldInfo | None, value: Any) -> type[BaseModel] | None:
    """Return the model in a field's type that the value is valid for; None if there is none."""
    for model in models_in_type(info.annotation) if info else []:
        try:
            model.model_validate(value)
        except ValidationError:
            continue
        return model
    return None


def _comment(info: FieldInfo) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(info.description or "", WIDTH)]


def _flow(value: Any) -> str:
    """Return a value as YAML in one line."""
    plain = to_jsonable_python(value)
    text = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


def _indented(lines: list[str]) -> list[str]:
    return [f"{STEP}{line}" for line in lines]
