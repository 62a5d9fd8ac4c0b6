"""A server of any engine that speaks the OpenAI API, described by its command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Literal, Self

from pydantic import Field, model_validator

from tasks.config.started_server import UTILIZATION, StartedServer

PLACEHOLDERS = ("model", "served_name", "host", "port")


class CommandServer(StartedServer):
    """Another engine that speaks the OpenAI API, started by a command of its own."""

    kind: Literal["command"]
    engine: str = Field(pattern=r"^[A-Za-z0-9][\w.+-]*$", description="its name, as it is recorded")
    version: str | None = Field(
        None, description="as it is recorded; null is what the environment says. A new one is measured anew"
    )
    command: tuple[str, ...] = Field(
        min_length=1, description="program and words; {model}, {served_name}, {host} and {port} are filled in"
    )
    ready: str = Field("/health", pattern=r"^/", description="the path that answers 200 once it can be asked")
    api_key_env: str | None = Field(
        None, description="the variable from which the engine takes its key; null serves without one"
    )
    gpu_memory: float = Field(UTILIZATION, gt=0, le=1, description="share of each GPU that must be free")

    @property
    def settings(self) -> str:
        """What it is told, as JSON; the placeholders stay."""
        return json.dumps({"command": self.command})

    @property
    def gpus_needed(self) -> int:
        """As many as `gpus` names, else one."""
        return len(self.gpus or (0,))

    @property
    def memory_setting(self) -> str:
        """The field that says how much of a GPU's memory must be free."""
        return "server.gpu_memory and what the command says of it"

    def words(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The command with its placeholders filled in."""
        return tuple(word.format_map(values) for word in self.command)

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        found = {name for word in self.command for name in _fields(word)}
        if unknown := sorted(found - set(PLACEHOLDERS)):
            allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValueError(
                f"{{{unknown[0]}}} is no placeholder of a command; allowed are {allowed} "
                "(a brace that means itself stands twice)"
            )
        if "port" not in found and self.port is None:
            raise ValueError("command does not say where to listen; put {port} into it, or set server.port")
        return self


def _fields(word: str) -> Iterator[str]:
    """What stands in braces, conversion and format included: those are no placeholder either."""
    try:
        parsed = list(Formatter().parse(word))
    except ValueError:  # a brace alone
        yield word.strip("{}")
        return
    for _, name, form, how in parsed:
        if name is not None:
            yield name + (f"!{how}" if how else "") + (f":{form}" if form else "")
