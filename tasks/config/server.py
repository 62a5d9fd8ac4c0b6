"""What serves: a vLLM started and stopped here, or an endpoint that runs already."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tasks.config.base import Frozen

ArgValue = bool | int | float | str | list[str] | None
"""A flag's value: true gives the bare flag, false and null leave it out, a list repeats its values."""


class VllmServer(Frozen):
    """A vLLM server that the pipeline starts from an environment and stops again."""

    kind: Literal["vllm"] = "vllm"
    model: str = Field(
        min_length=1, description="hub id, folder, or synthetic:gpt-oss (made-up weights, no download)"
    )
    revision: str | None = Field(None, description="commit, tag or branch on the hub; null is the newest")
    hub: Literal["huggingface", "modelscope"] = "huggingface"
    served_name: str | None = Field(
        None, description="the name clients ask for; the model's last part by default"
    )
    args: dict[str, ArgValue] = Field(default_factory=dict, description="flags of the engine, without --")
    env: dict[str, str] = Field(default_factory=dict, description="environment variables of the engine")
    gpus: tuple[int, ...] | None = Field(
        None, min_length=1, description="numbers as nvidia-smi gives them; null takes as many as are needed"
    )
    port: int | None = Field(None, ge=1, le=65535, description="null takes a free port")
    startup_timeout_s: float = Field(1800, gt=0)
    tokenizer: str | None = Field(None, description="folder or hub id; the model's by default")

    @property
    def name(self) -> str:
        """The model name that requests carry."""
        return self.served_name or self.model.rstrip("/").replace(":", "/").split("/")[-1]

    @field_validator("gpus")
    @classmethod
    def _each_once(cls, gpus: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if gpus is not None and (len(set(gpus)) != len(gpus) or min(gpus) < 0):
            raise ValueError(f"{list(gpus)} is no set of GPU numbers; name each once, from 0 on")
        return gpus

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
    tokenizer: str | None = Field(None, description="folder or hub id; the model's name by default")
    api_key_env: str | None = Field(None, description="name of the environment variable that holds its key")

    @property
    def name(self) -> str:
        """The model name that requests carry."""
        return self.model

    @property
    def base_url(self) -> str:
        """The address without a closing slash."""
        return self.url.rstrip("/")


Server = Annotated[VllmServer | EndpointServer, Field(discriminator="kind")]
