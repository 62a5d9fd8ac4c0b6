"""The table of engines: one row for each `server.kind` that the pipeline starts."""

from __future__ import annotations

from typing import Any

from tasks.config.server import ManagedServer
from tasks.serve.engines.command import CommandEngine
from tasks.serve.engines.engine import Engine
from tasks.serve.engines.vllm import VllmEngine

ENGINES: dict[str, type[Engine[Any]]] = {
    "vllm": VllmEngine,
    "command": CommandEngine,
}
"""Subclasses of Engine by `server.kind`; each is called with the spec's server."""


def engine_of(server: ManagedServer) -> Engine[Any]:
    """Return the engine that runs a server of a spec."""
    return ENGINES[server.kind](server)


def parser_module(engine_name: str) -> str | None:
    """Return the module that holds an engine's argument parser; None if the engine has none."""
    engine = ENGINES.get(engine_name)
    return engine.parser_module if engine else None
