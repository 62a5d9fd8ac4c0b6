"""A spec: what to serve and what to measure."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen
from tasks.config.block_names import Blocks
from tasks.config.gate import Gate
from tasks.config.mix import check_mixes
from tasks.config.question_set import QuestionSet
from tasks.config.refusal import refuse
from tasks.config.server import Server
from tasks.config.sweep import NAME, Sweep
from tasks.config.trackers import Track


class Spec(Frozen):
    """The contents of one spec file. Runs and comparisons refer to it by its name."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$",
        description="the spec's name in run ids, tables and comparisons: lower-case letters, digits, . _ -",
    )
    description: str = Field("", description="what the spec measures, in one line")
    environment: str | None = Field(
        None,
        description="name of a file in deployments/environments, `current`, path of a Python interpreter, or "
        "image:NAME:TAG@sha256:DIGEST for docker or podman; null where server.command needs none",
    )
    server: Server = Field(description="the server to measure: started here, or running already")
    sweeps: tuple[Sweep, ...] = Field((), description="measurements of speed")
    accuracy: tuple[QuestionSet, ...] = Field((), description="question sets, for the accuracy")
    gate: Gate = Field(Gate(), description="conditions on the figures without which the run fails")
    track: Track = Field(Track(), description="where finished runs are shown besides the report")
    blocks: Blocks = Field(Blocks(), description="Prefect blocks with credentials and locations")

    @property
    def loads_of_accuracy(self) -> tuple[Sweep, ...]:
        """The requests that are under way while questions are asked, as sweeps."""
        return tuple(asked.under_load.sweep for asked in self.accuracy if asked.under_load)

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        names = [sweep.name for sweep in self.sweeps]
        if len(set(names)) != len(names):
            raise refuse("two sweeps have the same name", "give each sweep a name of its own")
        check_mixes(self.sweeps)
        sets = [asked.set_name for entry in self.accuracy for asked in entry.combinations()]
        if len(set(sets)) != len(sets):
            raise refuse(
                "two question sets have the same name",
                "give each a `name` of its own; to answer one set more than once, set `repeats`",
            )
        if not (self.sweeps or self.accuracy):
            raise refuse("nothing to measure", "give `sweeps`, `accuracy` or both")
        if self.blocks.endpoint and self.server.kind != "endpoint":
            raise refuse(
                f"blocks.endpoint holds the key of a running server, and server.kind is {self.server.kind}",
                "remove blocks.endpoint, or set server.kind: endpoint",
            )
        if self.server.needs_environment and self.environment is None:
            raise refuse(
                f"a server of kind {self.server.kind} needs `environment`",
                "name a file in deployments/environments, `current` or an interpreter",
            )
        return self


__all__ = ["NAME", "Spec"]
