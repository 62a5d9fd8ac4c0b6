"""What is measured for speed: a sweep is one kind of request under growing loads."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.base import Frozen

NAME = r"^[a-z0-9][a-z0-9_-]{0,40}$"


class Load(Frozen):
    """A closed loop: `concurrency` slots that send the next request when one has ended."""

    concurrency: int = Field(ge=1, le=100_000)
    requests: int = Field(ge=1, le=10_000_000)


class Sweep(Frozen):
    """One dataset on one endpoint, measured at each load, `repeats` times."""

    name: str = Field(pattern=NAME)
    endpoint: Literal["completions", "chat"] = "completions"
    dataset: str = Field("random", description="random, openqa, or a JSONL file whose lines have `question`")
    input_tokens: int = Field(
        1024, ge=1, description="length of a random prompt; other datasets have their own"
    )
    output_tokens: int | None = Field(
        None,
        ge=1,
        description="exact output length (ignore_eos and min_tokens); default: 1024 for random, else free",
    )
    max_tokens: int = Field(2048, ge=1, description="upper bound where the output length is free")
    prefix_tokens: int = Field(0, ge=0, description="length of a prefix that all random prompts share")
    temperature: float = Field(0.0, ge=0)
    load: tuple[Load, ...] = Field(min_length=1)
    warmup_requests: int = Field(
        0, ge=0, description="sent first through the same slots, left out of the figures"
    )
    repeats: int = Field(1, ge=1, le=100)
    timeout_s: float = Field(3600, gt=0, description="limit of one request")
    run_name: str = Field(
        "{model}-{sweep}-c{concurrency}", description="of {model} {sweep} {concurrency} {requests} {repeat}"
    )

    @property
    def exact_output_tokens(self) -> int | None:
        """The output length every request must have, or None where the model decides."""
        if self.output_tokens is None and self.dataset == "random":
            return 1024
        return self.output_tokens

    @field_validator("dataset")
    @classmethod
    def _known_dataset(cls, dataset: str) -> str:
        if dataset not in {"random", "openqa"} and not dataset.endswith(".jsonl"):
            raise ValueError(
                f"{dataset!r} is no dataset; it must be random, openqa or a file ending in .jsonl"
            )
        return dataset

    @field_validator("run_name")
    @classmethod
    def _known_fields(cls, template: str) -> str:
        try:
            template.format(model="", sweep="", concurrency=1, requests=1, repeat=1)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"{error} is no field; allowed in braces: model, sweep, concurrency, requests, repeat"
            ) from None
        return template

    @model_validator(mode="after")
    def _loads_differ(self) -> Self:
        if len(set(self.load)) != len(self.load):
            raise ValueError("the same load stands twice; use `repeats` to measure it more than once")
        return self
