"""A server of any engine with an OpenAI-compatible API, described by its command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from string import Formatter
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from tasks.config.refusal import refuse
from tasks.config.started_server import DEFAULT_GPU_MEMORY, StartedServer
from tasks.config.variable_name import VariableName

PLACEHOLDERS = ("model", "served_name", "host", "port")


class CommandServer(StartedServer):
    """A server of another engine, started here by its own command."""

    needs_environment: ClassVar[bool] = False

    kind: Literal["command"] = Field(description="a server of any engine, started by its command")
    engine: str = Field(pattern=r"^[A-Za-z0-9][\w.+-]*$", description="the engine's name in the results")
    version: str | None = Field(
        None,
        description="the engine's version in the results; null: that of the environment. "
        "Points are measured again after a change",
    )
    command: tuple[str, ...] = Field(
        min_length=1, description="program and arguments; may hold {model}, {served_name}, {host} and {port}"
    )
    ready: str = Field(
        "/health", pattern=r"^/", description="path that answers with status 200 once the server is ready"
    )
    api_key_env: VariableName | None = Field(
        None, description="environment variable from which the engine reads its API key; null: no key"
    )
    gpu_memory: float = Field(
        DEFAULT_GPU_MEMORY,
        gt=0,
        le=1,
        description="share of each GPU's memory that must be free at the start",
    )

    @property
    def settings(self) -> str:
        """The command as JSON, with its placeholders."""
        return json.dumps({"command": self.command})

    @property
    def gpus_needed(self) -> int:
        """The number of GPUs that the server uses: the length of `gpus`, or 1 if `gpus` is not set."""
        return len(self.gpus or (0,))

    @property
    def memory_setting(self) -> str:
        """The spec fields that set `gpu_memory`, for messages."""
        return "server.gpu_memory and the matching option in server.command"

    def argv(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return the command with its placeholders replaced by `values`."""
        return tuple(argument.format_map(values) for argument in self.command)

    @model_validator(mode="after")
    def _check_placeholders(self) -> Self:
        used = {name for argument in self.command for name in _placeholders(argument)}
        unknown = sorted(used - set(PLACEHOLDERS))
        if unknown:
            allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise refuse(
                f"{{{unknown[0]}}} is not a placeholder of a command",
                f"allowed are {allowed} (double a brace that is no placeholder)",
            )
        if "port" not in used and self.port is None:
            raise refuse(
                "command does not say on which port to listen", "add {port} to it, or set server.port"
            )
        return self


def _placeholders(argument: str) -> list[str]:
    """Return each text in braces with its conversion and format, so that `port!r` is rejected too."""
    try:
        parsed = list(Formatter().parse(argument))
    except ValueError:  # a single brace
        return [argument.strip("{}")]
    names = []
    for _, name, format_spec, conversion in parsed:
        if name is not None:
            suffix = f"!{conversion}" if conversion else ""
            names.append(name + suffix + (f":{format_spec}" if format_spec else ""))
    return names
