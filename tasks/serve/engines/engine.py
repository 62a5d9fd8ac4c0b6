"""The base class of engines: what the pipeline needs to start an engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from tasks.config.server import StartedServer
from tasks.provision.provisioned import Model

SpecServer = TypeVar("SpecServer", bound=StartedServer)


class Engine(ABC, Generic[SpecServer]):
    """An engine with the server of a spec that it runs. Every subclass is a row of `engine_registry.py`."""

    parser_module: ClassVar[str | None] = None
    """Python module whose command line parser knows the engine's flags. None: flags are not checked early."""
    owned_flags: ClassVar[Mapping[str, str]] = {}
    """Flags that the pipeline sets itself, without dashes, with what to use instead."""
    variables: ClassVar[Mapping[str, str]] = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    """Environment variables of every server (a command may run vLLM too); `server.env` overrides them."""

    def __init__(self, server: SpecServer) -> None:
        self.server = server

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that the spec sets in `server.args`; empty for an engine without `args`."""
        return ()

    @property
    def health_path(self) -> str:
        """The path that answers 200 when the server is ready."""
        return "/health"

    @property
    @abstractmethod
    def key_variable(self) -> str | None:
        """The environment variable that the engine reads its API key from; None: it asks for no key."""

    @abstractmethod
    def argv(self, model: Model, python: str, host: str, port: int) -> tuple[str, ...]:
        """Return the command that serves `model` on `host`:`port`. It must not contain a secret.

        Args:
            model: the model on disk.
            python: the Python interpreter of the serving environment.
            host: the address to listen on.
            port: the port to listen on.
        """
