"""The spec of a quick measurement: a server that runs already, random prompts, a few loads."""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from tasks.config.base import Frozen
from tasks.config.spec import Spec
from tasks.config.spec_errors import spec_error
from tasks.config.spec_paths import Fields, make_paths_absolute
from tasks.errors import InputError

NAME = "bench"
WAVES = 5
"""Requests for each slot of a closed loop where no number is given: fewer, and the first burst weighs."""
SECONDS = 30
"""How long an open loop sends requests where no number is given."""
DEFAULT_CONCURRENCY = "1,10,50"


class QuickChoice(Frozen):
    """The options of `servegauge bench`; `concurrency` and `rate` are numbers separated by commas."""

    url: str
    model: str
    concurrency: str | None = None
    rate: str | None = None
    input_tokens: int = 1024
    output_tokens: int = 128
    requests: int | None = None
    endpoint: Literal["completions", "chat"] = "completions"
    api_key_env: str | None = None
    tokenizer: str | None = None


def quick_spec(choice: QuickChoice, name: str = NAME) -> Fields:
    """Return the raw fields of a valid spec: one sweep of closed loops, one of open loops, or both.

    Raises:
        InputError: an option has a wrong value.
    """
    server: Fields = {"kind": "endpoint", "url": choice.url, "model": choice.model}
    if choice.tokenizer is not None:
        server["tokenizer"] = choice.tokenizer
    if choice.api_key_env is not None:
        server["api_key_env"] = choice.api_key_env
    fields: Fields = {"name": name, "server": server, "sweeps": _sweeps(choice)}
    make_paths_absolute(fields, Path.cwd())
    try:
        Spec.model_validate(fields)
    except ValidationError as error:
        raise spec_error(error, "these options make no spec") from None
    return fields


def _sweeps(choice: QuickChoice) -> list[Fields]:
    concurrency = choice.concurrency
    if concurrency is None and choice.rate is None:
        concurrency = DEFAULT_CONCURRENCY
    sweeps = []
    if concurrency is not None:
        levels = [int(level) for level in _levels("--concurrency", concurrency, r"[0-9]+")]
        loads: list[Fields] = [
            {"concurrency": level, "requests": choice.requests or WAVES * level} for level in levels
        ]
        sweeps.append(_sweep("concurrency", choice, loads))
    if choice.rate is not None:
        rates = [float(rate) for rate in _levels("--rate", choice.rate, r"[0-9]+(\.[0-9]+)?")]
        loads = [
            {"rate": _plain(rate), "requests": choice.requests or ceil(SECONDS * rate)} for rate in rates
        ]
        sweeps.append(_sweep("rate", choice, loads))
    return sweeps


def _sweep(name: str, choice: QuickChoice, loads: list[Fields]) -> Fields:
    return {
        "name": name,
        "endpoint": choice.endpoint,
        "dataset": "random",
        "input_tokens": choice.input_tokens,
        "output_tokens": choice.output_tokens,
        "load": loads,
    }


def _plain(rate: float) -> float | int:
    return int(rate) if rate.is_integer() else rate


def _levels(option: str, text: str, pattern: str) -> list[str]:
    """Return the numbers of a list such as 1,10,50. Raise InputError if one is none, or is not above 0."""
    levels = [part.strip() for part in text.split(",")]
    for level in levels:
        if not re.fullmatch(pattern, level) or float(level) == 0:
            kind = "a whole number" if option == "--concurrency" else "a number"
            raise InputError(
                f"{option} {text}: {level!r} is not {kind} above 0", f"write it as {option} 1,10,50"
            )
    return levels
