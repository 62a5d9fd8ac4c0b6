"""What is measured for speed: a sweep is one kind of request under growing loads."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.base import Frozen

NAME = r"^[a-z0-9][a-z0-9_-]{0,40}$"


class Load(Frozen):
    """How requests come: a closed loop, an open loop, or all at once.

    Closed: `concurrency` slots that send the next request when one has ended. Open: `rate` requests per
    second, whatever became of the others. `burst: N` is a closed loop of N slots and N requests.
    """

    concurrency: int | None = Field(None, ge=1, le=100_000)
    rate: float | None = Field(None, gt=0, le=100_000, description="requests per second of an open loop")
    arrival: Literal["poisson", "constant"] = Field("poisson", description="of an open loop's requests")
    requests: int = Field(ge=1, le=10_000_000, description="how many; the most, where `duration_s` is given")
    duration_s: float | None = Field(None, gt=0, description="no request is sent after so long")

    @property
    def slots(self) -> int:
        """Requests that may be under way at once; 0 where nothing limits them."""
        return self.concurrency or 0

    @property
    def label(self) -> str:
        """A short name: c4, or rate2.5."""
        return f"c{self.concurrency}" if self.rate is None else f"rate{self.rate:g}"

    @model_validator(mode="before")
    @classmethod
    def _burst(cls, given: Any) -> Any:
        if isinstance(given, dict) and "burst" in given:
            if len(given) > 1:
                raise ValueError("a burst stands alone: {burst: 100}")
            return {"concurrency": given["burst"], "requests": given["burst"]}
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.concurrency is None) == (self.rate is None):
            raise ValueError("give `concurrency` (closed loop) or `rate` (open loop), one of them")
        return self


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
    clients: Literal["auto"] | int = Field(
        "auto", description="load processes that share a point's slots; auto: one more for each 64 slots"
    )
    timeout_s: float = Field(3600, gt=0, description="limit of one request")
    run_name: str = Field(
        "{model}-{sweep}-{load}", description="of {model} {sweep} {load} {concurrency} {requests} {repeat}"
    )

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
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"{error} is no field; allowed in braces: model, sweep, load, concurrency, requests, repeat"
            ) from None
        return template

    @model_validator(mode="after")
    def _loads_differ(self) -> Self:
        if len(set(self.load)) != len(self.load):
            raise ValueError("the same load stands twice; use `repeats` to measure it more than once")
        return self
