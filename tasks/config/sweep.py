"""What is measured for speed: a sweep is one kind of request under growing loads."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from tasks.config.base import Frozen
from tasks.config.load import Load, Saturation
from tasks.config.objective import Objective

NAME = r"^[a-z0-9][a-z0-9_-]{0,40}$"


def _listed(given: Any) -> str:
    return LISTED if isinstance(given, list | tuple) else SOUGHT


LISTED, SOUGHT = "load:listed", "load:sought"
"""Which form of `load` a spec uses; parts of an error's path that are in no spec."""
Loads = Annotated[
    Annotated[tuple[Load, ...], Field(min_length=1), Tag(LISTED)] | Annotated[Saturation, Tag(SOUGHT)],
    Discriminator(_listed),
]


class Sweep(Frozen):
    """One dataset on one endpoint, measured at each load `repeats` times, or until it is saturated."""

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
    load: Loads = Field(description="a list of loads, or one with `until: saturated`")
    warmup_requests: int = Field(
        0, ge=0, description="sent first through the same slots, left out of the figures"
    )
    warmup_waves: int = Field(
        0, ge=0, le=100, description="the same, in waves: as many requests each as a load has slots"
    )
    repeats: int = Field(1, ge=1, le=100)
    objectives: tuple[Objective, ...] = Field(
        (), description="bounds that a load has to keep, as `ttft_p95_s <= 0.5` and `success >= 0.99`"
    )
    clients: Literal["auto"] | int = Field(
        "auto", description="load processes that share a point's slots; auto: one more for each 64 slots"
    )
    timeout_s: float = Field(3600, gt=0, description="limit of one request")
    run_name: str = Field(
        "{model}-{sweep}-{load}", description="of {model} {sweep} {load} {concurrency} {requests} {repeat}"
    )

    @property
    def loads(self) -> tuple[Load, ...]:
        """The loads that are listed; none where they are looked for."""
        return self.load if isinstance(self.load, tuple) else ()

    @property
    def search(self) -> Saturation | None:
        """How loads are looked for, where they are not listed."""
        return self.load if isinstance(self.load, Saturation) else None

    @property
    def exact_output_tokens(self) -> int | None:
        """The output length every request must have, or None where the model decides."""
        if self.output_tokens is None and self.dataset == "random":
            return 1024
        return self.output_tokens

    @field_validator("clients")
    @classmethod
    def _some_clients(cls, clients: str | int) -> str | int:
        if isinstance(clients, int) and not 1 <= clients <= 64:
            raise ValueError(f"{clients} is no number of processes; it must be auto or 1 to 64")
        return clients

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
            template.format(model="", sweep="", load="", concurrency=1, requests=1, repeat=1)
            template.format(model="", sweep="", load="", concurrency="rate1", requests=1, repeat=1)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
            raise ValueError(
                f"{error} is no field; allowed in braces: model, sweep, load, concurrency, requests, repeat"
            ) from None
        return template

    @model_validator(mode="after")
    def _loads_differ(self) -> Self:
        labels = [load.label for load in self.loads]
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(
                f"{twice[0]} stands twice; use `repeats` to measure a load more than once, "
                "and another sweep for other requests at it"
            )
        if self.search and self.repeats > 1:
            raise ValueError("a search repeats by itself; give `measurements` in its load, not `repeats`")
        return self
