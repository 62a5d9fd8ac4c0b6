"""What every engine has in common that the pipeline starts and stops again."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.base import Frozen
from tasks.config.price import Price

Device = Literal["cuda", "cpu"]
UTILIZATION = 0.9
"""The share of a GPU's memory that vLLM takes by default, and other engines about so."""


class StartedServer(Frozen):
    """A model, and where and how an engine serves it."""

    model: str = Field(
        min_length=1, description="hub id, folder, or synthetic:gpt-oss (made-up weights, no download)"
    )
    revision: str | None = Field(None, description="commit, tag or branch on the hub; null is the newest")
    hub: Literal["huggingface", "modelscope"] = "huggingface"
    served_name: str | None = Field(
        None, description="the name clients ask for; the model's last part by default"
    )
    answers_as: str | None = Field(None, description="the model its answers name, where that is another")
    env: dict[str, str] = Field(default_factory=dict, description="environment variables of the engine")
    device: Device | None = Field(None, description="cpu takes no GPU; null is what the environment is for")
    gpus: tuple[int, ...] | None = Field(
        None, min_length=1, description="numbers as nvidia-smi gives them; null takes as many as are needed"
    )
    port: int | None = Field(None, ge=1, le=65535, description="null takes a free port")
    startup_timeout_s: float = Field(1800, gt=0)
    hang_timeout_s: float = Field(3, ge=1, description="so long silent on /health, in seconds, and it hangs")
    stall_timeout_s: float | None = Field(
        180, gt=0, description="so long without progress while it has work, and its engine hangs; null: never"
    )
    tokenizer: str | None = Field(None, description="folder or hub id; the model's by default")
    price_per_hour: Price = None

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

    @model_validator(mode="after")
    def _one_device(self) -> Self:
        if self.device == "cpu" and self.gpus is not None:
            raise ValueError("device is cpu, but gpus names some; leave one of them out")
        return self
