"""Any engine with an OpenAI-compatible API, started by the command in the spec."""

from __future__ import annotations

from tasks.config.server import CommandServer
from tasks.provision.provisioned import Model
from tasks.serve.engines.engine import Engine


class CommandEngine(Engine[CommandServer]):
    """Runs `server.command` of the spec."""

    @property
    def health_path(self) -> str:
        """The spec's `server.ready`."""
        return self.server.ready

    @property
    def key_variable(self) -> str | None:
        """The spec's `server.api_key_env`."""
        return self.server.api_key_env

    def argv(self, model: Model, python: str, host: str, port: int) -> tuple[str, ...]:
        """Return the spec's command with its placeholders filled in."""
        values = {"model": model.weights, "served_name": self.server.name, "host": host, "port": str(port)}
        return self.server.argv(values)
