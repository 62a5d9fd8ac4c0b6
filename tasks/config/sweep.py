"""A sweep: one kind of request, measured for speed under several loads."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from tasks.config.abandon import Abandon
from tasks.config.base import Frozen, added_field
from tasks.config.conversation import Conversation
from tasks.config.lengths import DEFAULT_TOKENS, Distribution, Length, length_at
from tasks.config.load import TAG_PREFIX, Load
from tasks.config.mix import MixPart
from tasks.config.objective import Objective
from tasks.config.refusal import refuse
from tasks.config.request_fields import OWNED_BY_SWEEP, RequestFields, check_request_fields
from tasks.config.saturation import Saturation
from tasks.config.steady_state import SteadyState
from tasks.config.sweep_rules import SWEEP_RULES
from tasks.config.table_files import check_table

NAME = r"^[a-z0-9][a-z0-9_-]{0,40}$"
RUN_NAME_FIELDS = ("model", "sweep", "load", "concurrency", "requests", "repeat")
RANDOM, OPENQA, CONVERSATIONS = "random", "openqa", "conversations"
"""Datasets with a name; any other is a file of questions."""
LISTED, SEARCHED = f"{TAG_PREFIX}listed", f"{TAG_PREFIX}searched"
"""Tags of the two forms of `load`: a list of loads, or a search for saturation."""


def _form_of_load(value: Any) -> str:
    return LISTED if isinstance(value, list | tuple) else SEARCHED


Loads = Annotated[
    Annotated[tuple[Load, ...], Field(min_length=1), Tag(LISTED)] | Annotated[Saturation, Tag(SEARCHED)],
    Discriminator(_form_of_load),
]


class Prefixes(Frozen):
    """`{count: 20, tokens: 2048}`: prefixes as of so many system prompts or documents."""

    count: int = Field(ge=1, le=1_000_000, description="number of prefixes")
    tokens: int = Field(ge=1, description="length of each prefix, in addition to `input_tokens`")


class Sweep(Frozen):
    """One dataset on one endpoint, measured `repeats` times at each load, or by a search for saturation."""

    name: str = Field(pattern=NAME, description="the sweep's name in tables and reports")
    endpoint: Literal["completions", "chat"] = Field(
        "completions", description="the API that requests go to: /v1/completions or /v1/chat/completions"
    )
    dataset: str = Field(
        RANDOM, description="random, openqa, conversations, or a JSONL file with a `question` in each line"
    )
    conversation: Conversation | None = added_field(
        description="the conversations of `dataset: conversations`: generated ones, or those of a file"
    )
    input_tokens: Length = Field(
        DEFAULT_TOKENS,
        description="length of each random prompt: a number, {uniform: [low, high]} or "
        "{lognormal: {mean, sd, max}}; other datasets have lengths of their own",
    )
    output_tokens: Length | None = Field(
        None,
        description="exact length of each answer (by ignore_eos and min_tokens), in the same forms; "
        "null is 1024 for random prompts, and the model's decision for other datasets",
    )
    lengths: str | None = added_field(
        description="a .parquet, .jsonl or .csv file with input_tokens and output_tokens in each row, drawn "
        "in random order, instead of the two fields",
    )
    traffic_seed: int = added_field(
        0, ge=0, description="seed of drawn lengths and prefixes: it draws the same in every run"
    )
    max_tokens: int = Field(2048, ge=1, description="longest answer where the model decides the length")
    prefix_tokens: int = Field(0, ge=0, description="length of a prefix shared by all random prompts")
    prefixes: Prefixes | None = added_field(
        description="prefixes of which each random prompt begins with one, drawn by `traffic_seed`",
    )
    cache_hit_share: float | None = added_field(
        gt=0, lt=1, description="share of each random prompt, from its beginning, that all of them have alike"
    )
    abandon: Abandon | None = added_field(
        description="requests whose connection is closed before their answer is complete"
    )
    temperature: float = Field(0.0, ge=0, description="sampling temperature of each request")
    request: RequestFields = Field(
        default_factory=dict,
        description="further fields of each request's body, as {top_k: 20, chat_template_kwargs: {…}}",
    )
    mix: tuple[MixPart, ...] | None = added_field(
        description="sweeps whose requests are sent together, each with its share"
    )
    load: Loads | None = Field(
        None,
        description="a list of loads, or a search with `until: saturated`; null where only a mix sends it",
    )
    warmup_requests: int = Field(
        0,
        ge=0,
        description="requests sent before the measured ones, through the same slots; no figure includes them",
    )
    warmup_waves: int = Field(
        0, ge=0, le=100, description="the same, as a number of waves: one request for each slot of the load"
    )
    steady_state: SteadyState | None = added_field(
        description="a steady state to ask for; its figures stand beside those of all requests"
    )
    repeats: int = Field(1, ge=1, le=100, description="how often each load is measured")
    objectives: tuple[Objective, ...] = Field(
        (), description="bounds on figures, for example `ttft_p95_s <= 0.5` and `success >= 0.99`"
    )
    clients: Literal["auto"] | int = Field(
        "auto",
        description="load processes that share a point's slots; auto: one for every 64 slots, "
        "as far as the machine has CPUs",
    )
    timeout_s: float = Field(3600, gt=0, description="seconds after which a request has failed")
    run_name: str = Field(
        "{model}-{sweep}-{load}",
        description="a point's name, made of {model} {sweep} {load} {concurrency} {requests} {repeat}",
    )

    @property
    def loads(self) -> tuple[Load, ...]:
        """The listed loads; empty if the sweep searches for saturation, or has no load."""
        return self.load if isinstance(self.load, tuple) else ()

    @property
    def search(self) -> Saturation | None:
        """The search for saturation; None if the loads are listed."""
        return self.load if isinstance(self.load, Saturation) else None

    @property
    def kinds(self) -> tuple[Sweep, ...]:
        """The sweeps that say what its requests are: itself. A mix has several."""
        return (self,)

    def kind_of(self, part: str | None) -> Sweep:
        """Return the sweep that says what a request is, given the request's part of the mix."""
        return self

    @property
    def has_random_prompts(self) -> bool:
        """Whether prompts are made of random tokens, alone or as the messages of generated conversations."""
        if self.mix:
            return False
        return self.dataset == RANDOM or (self.conversation is not None and self.conversation.file is None)

    @property
    def exact_output_tokens(self) -> int | None:
        """The length of every response in tokens; None if it is drawn, or if the model decides it."""
        exact = self._exact_output
        return exact if isinstance(exact, int) and not self.lengths else None

    @property
    def fixes_output_lengths(self) -> bool:
        """Whether its requests ask for answers of exact lengths: equal, drawn or recorded ones."""
        return self._exact_output is not None

    def input_length_at(self, share: float) -> int | None:
        """Return the length of a prompt without prefix for a random number; None if the dataset decides it.

        The random number is from 0 to 1.
        """
        return length_at(self.input_tokens, share) if self.has_random_prompts else None

    def output_length_at(self, share: float) -> int | None:
        """Return the length of a response for a random number from 0 to 1; None if the model decides it."""
        exact = self._exact_output
        return None if exact is None else length_at(exact, share)

    @property
    def _exact_output(self) -> int | Distribution | None:
        if self.output_tokens is None and self.has_random_prompts:
            return DEFAULT_TOKENS
        return self.output_tokens

    @model_validator(mode="before")
    @classmethod
    def _fill_in_conversation(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("dataset") == CONVERSATIONS:
            return {"endpoint": "chat", "conversation": {}} | given
        return given

    @field_validator("load", mode="before")
    @classmethod
    def _list_a_trace(cls, load: Any) -> Any:
        return [load] if isinstance(load, dict) and "trace" in load else load

    @field_validator("clients")
    @classmethod
    def _check_clients(cls, clients: str | int) -> str | int:
        if isinstance(clients, int) and not 1 <= clients <= 64:
            raise refuse(f"{clients} is not a number of load processes", "it must be auto or 1 to 64")
        return clients

    @field_validator("dataset")
    @classmethod
    def _check_dataset(cls, dataset: str) -> str:
        if dataset not in {RANDOM, OPENQA, CONVERSATIONS} and not dataset.endswith(".jsonl"):
            raise refuse(
                f"{dataset!r} is not a dataset",
                "it must be random, openqa, conversations or a file ending in .jsonl",
            )
        return dataset

    @field_validator("lengths")
    @classmethod
    def _check_lengths_file(cls, lengths: str | None) -> str | None:
        return None if lengths is None else check_table(lengths, "table")

    @field_validator("request")
    @classmethod
    def _check_request(cls, fields: RequestFields) -> RequestFields:
        return check_request_fields(fields, OWNED_BY_SWEEP)

    @field_validator("run_name")
    @classmethod
    def _check_run_name(cls, template: str) -> str:
        try:
            # {concurrency} is a number for a closed loop, and a label such as rate1 for an open loop.
            for concurrency in (1, "rate1"):
                template.format(model="", sweep="", load="", concurrency=concurrency, requests=1, repeat=1)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
            raise refuse(
                f"{template!r} cannot be filled in ({error})",
                f"allowed in braces: {', '.join(RUN_NAME_FIELDS)}",
            ) from None
        return template

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        for check in SWEEP_RULES:
            check(self)
        return self
