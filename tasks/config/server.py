"""What serves: an engine started and stopped here, or an endpoint that runs already."""

from __future__ import annotations

import json
from math import prod
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, NonNegativeInt, field_validator

from tasks.config.base import Frozen
from tasks.config.command_server import CommandServer
from tasks.config.price import Price
from tasks.config.started_server import UTILIZATION, StartedServer

ArgValue = bool | int | float | str | list[str] | None
"""A flag's value: true gives the bare flag, false and null leave it out, a list repeats its values."""
PARALLEL = ("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size")


class VllmServer(StartedServer):
    """A vLLM server from a serving environment or a container image."""

    kind: Literal["vllm"] = "vllm"
    args: dict[str, ArgValue] = Field(default_factory=dict, description="flags of the engine, without --")

    @property
    def settings(self) -> str:
        """What it is told besides the model, as JSON with sorted keys."""
        return json.dumps(self.args, sort_keys=True)

    @property
    def gpus_needed(self) -> int:
        """The product of its parallel sizes."""
        return prod(int(size) for name in PARALLEL if (size := self._number(name)))

    @property
    def gpu_memory(self) -> float:
        """The share of a GPU's memory that it takes."""
        return self._number("gpu-memory-utilization") or UTILIZATION

    @property
    def memory_setting(self) -> str:
        """The field that says how much."""
        return "server.args.gpu-memory-utilization"

    def _number(self, flag: str) -> float | None:
        """A flag's value, however it is spelt; what is no number is the engine's to refuse."""
        value = {name.replace("_", "-"): value for name, value in self.args.items()}.get(flag)
        try:
            return float(value) if isinstance(value, int | float | str) else None
        except ValueError:
            return None

    @field_validator("args")
    @classmethod
    def _no_dashes(cls, args: dict[str, ArgValue]) -> dict[str, ArgValue]:
        for flag in args:
            if flag.startswith("-"):
                raise ValueError(f"{flag!r} starts with a dash; write it as {flag.lstrip('-')!r}")
        return args


class EndpointServer(Frozen):
    """A server that runs already and is neither started nor stopped here."""

    kind: Literal["endpoint"]
    url: str = Field(pattern=r"^https?://[^/\s]+(/.*)?$", description="its base address, up to and with /v1")
    model: str = Field(min_length=1, description="the name it serves the model under")
    answers_as: str | None = Field(None, description="the model its answers name, where that is another")
    tokenizer: str | None = Field(None, description="folder or hub id; the model's name by default")
    gpus: tuple[NonNegativeInt, ...] | None = Field(
        None,
        min_length=1,
        description="numbers of its GPUs, where it runs on this machine, for power and clocks",
    )
    price_per_hour: Price = None
    api_key_env: str | None = Field(None, description="name of the environment variable that holds its key")

    @property
    def name(self) -> str:
        """The model name that requests carry."""
        return self.model

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            known = bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if "@" in url.split("/")[2]:
            raise ValueError("its address holds a password; name the variable with its key in api_key_env")
        if not known:
            raise ValueError(f"{url} is no address; write http://HOST:PORT/v1, an IPv6 host in brackets")
        return url

    @property
    def base_url(self) -> str:
        """The address without a closing slash."""
        return self.url.rstrip("/")


OwnServer = VllmServer | CommandServer
Server = Annotated[VllmServer | CommandServer | EndpointServer, Field(discriminator="kind")]

__all__ = [
    "ArgValue",
    "CommandServer",
    "EndpointServer",
    "OwnServer",
    "Server",
    "StartedServer",
    "VllmServer",
]
