"""The whole of a spec: what to serve and what to measure."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen
from tasks.config.block_names import Blocks
from tasks.config.gate import Gate
from tasks.config.question_set import QuestionSet
from tasks.config.server import Server, VllmServer
from tasks.config.sweep import NAME, Sweep
from tasks.config.trackers import Track


class Spec(Frozen):
    """One YAML file; the unit a person names, runs and compares."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    description: str = ""
    environment: str | None = Field(
        None,
        description="a file of deployments/environments, `current`, a path to an interpreter, "
        "image:NAME:TAG@sha256:DIGEST for docker or podman, or null where server.command needs none",
    )
    server: Server
    sweeps: tuple[Sweep, ...] = ()
    accuracy: tuple[QuestionSet, ...] = ()
    gate: Gate = Gate()
    track: Track = Track()
    blocks: Blocks = Blocks()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [sweep.name for sweep in self.sweeps]
        if len(set(names)) != len(names):
            raise ValueError("two sweeps have the same name; a name must tell them apart")
        sets = [entry.dataset for entry in self.accuracy]
        if len(set(sets)) != len(sets):
            raise ValueError("the same question set stands twice; use `repeats` to ask it more often")
        if not (self.sweeps or self.accuracy):
            raise ValueError("nothing to measure; give `sweeps`, `accuracy` or both")
        if isinstance(self.server, VllmServer) and self.environment is None:
            raise ValueError(
                "a server of kind vllm needs `environment`; "
                "name a file of deployments/environments, `current` or an interpreter"
            )
        return self


__all__ = ["NAME", "Spec"]
