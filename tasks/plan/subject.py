"""What is measured and on what: everything that makes two measurements comparable or not."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen


class Hardware(Frozen):
    """The server's machine as far as it decides a figure. Memory in bytes. Empty where it is another's."""

    cpu: str
    cpu_count: int
    memory_bytes: int
    gpu_names: tuple[str, ...] = ()
    driver: str | None = None


class Subject(Frozen):
    """The served model, the engine that serves it, the machine, and the client that measures.

    `server_args` and `server_env` are JSON texts with sorted keys. `server_instance` tells two servers
    apart that were not started here; None for a server of ours.
    """

    engine: str
    engine_version: str
    environment_digest: str
    model: str
    model_revision: str
    model_license: str | None = Field(None, exclude=True)
    """Recorded, and no part of any key."""
    tokenizer: str
    server_args: str
    server_env: str
    server_instance: str | None = None
    hardware: Hardware
    client: str
