"""The settings of every server that the pipeline starts, for all engines."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.base import Frozen
from tasks.config.hubs import HubName
from tasks.config.price import Price
from tasks.config.refusal import refuse

Device = Literal["cuda", "cpu"]
DEFAULT_GPU_MEMORY = 0.9
"""The share of each GPU's memory that vLLM uses by default; other engines use about the same."""


class StartedServer(Frozen):
    """A server that is started and stopped here: its model, its device and its time limits."""

    needs_environment: ClassVar[bool] = True
    """Whether the spec must name a serving environment."""

    model: str = Field(
        min_length=1, description="id on the hub, folder, or synthetic:gpt-oss (random weights, no download)"
    )
    revision: str | None = Field(
        None, description="commit, tag or branch on the hub; null uses the newest commit"
    )
    hub: HubName = Field("huggingface", description="hub that the model is fetched from")
    served_name: str | None = Field(
        None, description="model name that requests carry; default: the last part of `model`"
    )
    answers_as: str | None = Field(
        None, description="model name that responses carry, where it differs from the requested one"
    )
    env: dict[str, str] = Field(
        default_factory=dict, description="environment variables of the server process"
    )
    device: Device | None = Field(
        None, description="cpu uses no GPU; null: the device that the environment is built for"
    )
    gpus: tuple[int, ...] | None = Field(
        None,
        min_length=1,
        description="GPU numbers as nvidia-smi shows them; null uses as many free ones as needed",
    )
    port: int | None = Field(None, ge=1, le=65535, description="null uses a free port")
    startup_timeout_s: float = Field(
        1800, gt=0, description="seconds until the server must be ready; then the start has failed"
    )
    hang_timeout_s: float = Field(
        3, ge=1, description="seconds without an answer on /health before the server counts as hung"
    )
    stall_timeout_s: float | None = Field(
        180,
        gt=0,
        description="seconds without progress on open requests before the engine counts as hung; null: never",
    )
    tokenizer: str | None = Field(
        None, description="folder or id on the hub; default: the tokenizer of `model`"
    )
    price_per_hour: Price = None

    @property
    def name(self) -> str:
        """The model name that requests carry."""
        return self.served_name or self.model.rstrip("/").replace(":", "/").split("/")[-1]

    @field_validator("gpus")
    @classmethod
    def _check_gpus(cls, gpus: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if gpus is not None and (len(set(gpus)) != len(gpus) or min(gpus) < 0):
            raise refuse(f"{list(gpus)} are not distinct GPU numbers", "list each once, counted from 0")
        return gpus

    @model_validator(mode="after")
    def _check_device(self) -> Self:
        if self.device == "cpu" and self.gpus is not None:
            raise refuse("device is cpu, but gpus are listed", "remove `device` or `gpus`")
        return self
