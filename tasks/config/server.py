"""The kinds of server: vLLM or another engine that the pipeline starts, or one started elsewhere."""

from __future__ import annotations

import json
from math import prod
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, NonNegativeInt, field_validator, model_validator

from tasks.config.address import ADDRESS, base_of, check_address, query_of
from tasks.config.base import Frozen
from tasks.config.command_server import CommandServer
from tasks.config.own_headers import check_headers
from tasks.config.price import Price
from tasks.config.refusal import refuse
from tasks.config.started_server import DEFAULT_GPU_MEMORY, StartedServer
from tasks.config.variable_name import VariableName

ArgValue = bool | int | float | str | list[str] | None
"""A flag's value: true passes the bare flag, false and null omit it, a list passes several values."""
PARALLEL_SIZES = ("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size")


class VllmServer(StartedServer):
    """A vLLM server, started here from a serving environment or a container image."""

    kind: Literal["vllm"] = Field("vllm", description="a vLLM server that is started here")
    args: dict[str, ArgValue] = Field(
        default_factory=dict, description="flags of `vllm serve`, without the leading --"
    )

    @property
    def settings(self) -> str:
        """The flags as JSON with sorted keys."""
        return json.dumps(self.args, sort_keys=True)

    @property
    def gpus_needed(self) -> int:
        """The number of GPUs that the server uses: the product of its parallel sizes."""
        sizes = [self._number(name) or 1 for name in PARALLEL_SIZES]
        return prod(int(size) for size in sizes)

    @property
    def gpu_memory(self) -> float:
        """The share of each GPU's memory that the server uses, from 0 to 1."""
        return self._number("gpu-memory-utilization") or DEFAULT_GPU_MEMORY

    @property
    def memory_setting(self) -> str:
        """The spec field that sets `gpu_memory`, for messages."""
        return "server.args.gpu-memory-utilization"

    def _number(self, flag: str) -> float | None:
        """Return the value of a flag; None if it is not a number. `args` may spell it with underscores."""
        by_flag = {name.replace("_", "-"): value for name, value in self.args.items()}
        value = by_flag.get(flag)
        try:
            return float(value) if isinstance(value, int | float | str) else None
        except ValueError:
            return None

    @field_validator("args")
    @classmethod
    def _check_flags(cls, args: dict[str, ArgValue]) -> dict[str, ArgValue]:
        for flag in args:
            if flag.startswith("-"):
                raise refuse(f"{flag!r} starts with a dash", f"write it as {flag.lstrip('-')!r}")
        return args


class EndpointServer(Frozen):
    """A server that was started elsewhere; it is neither started nor stopped here."""

    needs_environment: ClassVar[bool] = False

    kind: Literal["endpoint"] = Field(description="a server that runs already")
    url: str = Field(
        pattern=ADDRESS,
        description="base URL, including /v1; a query (?api-version=…) is kept on every request",
    )
    model: str = Field(min_length=1, description="model name that requests carry")
    answers_as: str | None = Field(
        None, description="model name that responses carry, where it differs from the requested one"
    )
    tokenizer: str | None = Field(None, description="folder or id on the hub; default: `model`")
    gpus: tuple[NonNegativeInt, ...] | None = Field(
        None,
        min_length=1,
        description="its GPUs, if it runs on this machine: their power and clocks are recorded",
    )
    price_per_hour: Price = None
    api_key_env: VariableName | None = Field(None, description="environment variable that holds its API key")
    headers: dict[str, VariableName] = Field(
        default_factory=dict,
        description="further headers of every request: name of the header, and of the environment variable "
        "that holds its value, which is never recorded",
    )

    @property
    def name(self) -> str:
        """The model name that requests carry."""
        return self.model

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_address(url)

    @model_validator(mode="after")
    def _check_headers(self) -> Self:
        check_headers(self.headers, bool(self.api_key_env))
        return self

    @property
    def base_url(self) -> str:
        """The URL without its query and trailing slashes."""
        return base_of(self.url)

    @property
    def query(self) -> str:
        """The URL's query; empty if there is none."""
        return query_of(self.url)

    @property
    def settings(self) -> str:
        """The query and the header names as JSON with sorted keys. Header values are secrets and omitted."""
        settings: dict[str, object] = {}
        if self.query:
            settings["query"] = self.query
        if self.headers:
            settings["headers"] = sorted(name.lower() for name in self.headers)
        return json.dumps(settings, sort_keys=True)


ManagedServer = VllmServer | CommandServer
"""A server that the pipeline starts."""
Server = Annotated[VllmServer | CommandServer | EndpointServer, Field(discriminator="kind")]

__all__ = [
    "ArgValue",
    "CommandServer",
    "EndpointServer",
    "ManagedServer",
    "Server",
    "StartedServer",
    "VllmServer",
]
