"""The values that all measuring stages of one run need."""

from __future__ import annotations

from dataclasses import dataclass

from flows.run.run_identity import Run
from flows.run.run_server import RunServer


@dataclass(frozen=True)
class RunContext:
    """A run, its server, and whether figures that are recorded already are measured again."""

    run: Run
    server: RunServer
    refresh: bool = False
