"""Where things are: the folder of the tables, and what a machine that serves has."""

from __future__ import annotations

from pathlib import Path

from prefect.blocks.core import Block
from pydantic import Field

from tasks.config.server import VllmServer
from tasks.errors import InputError


class ResultStore(Block):
    """Where the tables of runs lie."""

    _block_type_name = "ResultStore"
    _block_type_slug = "result-store"
    _description = "The folder that holds the tables."

    location: str = Field(min_length=1, description="An absolute folder that every worker sees.")

    def config(self) -> Path:
        """The folder.

        Raises:
            InputError: it is an address, which the store cannot write to.
        """
        if "://" in self.location:
            raise InputError(
                f"result store {self.location} is no folder", "mount the bucket and give the folder"
            )
        return Path(self.location).expanduser()


class ServingHost(Block):
    """A machine that serves: its GPUs, its environment, the variables its servers need."""

    _block_type_name = "ServingHost"
    _block_type_slug = "serving-host"
    _description = "GPU ids, serving environment and extra variables of a machine."

    gpu_ids: list[int] = Field(default_factory=list, description="Which GPUs a server sees; empty is all.")
    environment: str | None = Field(default=None, description="Serving environment instead of the spec's.")
    env: dict[str, str] = Field(default_factory=dict, description="Variables of the server; no secrets.")

    def config(self, server: VllmServer) -> VllmServer:
        """The server as this machine runs it; what the spec says of variables goes first."""
        seen = {"CUDA_VISIBLE_DEVICES": ",".join(map(str, self.gpu_ids))} if self.gpu_ids else {}
        return server.model_copy(update={"env": {**seen, **self.env, **server.env}})
