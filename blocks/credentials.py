"""Blocks with credentials: a tracker's key, a model hub's token. Prefect's server stores them encrypted."""

from __future__ import annotations

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from tasks.config.hubs import HUB_SITES, HubName
from tasks.config.server import ManagedServer
from tasks.config.trackers import SwanLab

Variables = dict[str, SecretStr]
"""Environment variables that a run sets for its own process."""


class SwanLabCredentials(Block):
    """The key of a SwanLab account, its server and its workspace."""

    _block_type_name = "SwanLabCredentials"
    _block_type_slug = "swanlab-credentials"
    _description = "Key, host and workspace of a SwanLab account."

    api_key: SecretStr = Field(description="From the account's settings page.")
    host: str | None = Field(default=None, description="Of a SwanLab server that you run yourself.")
    workspace: str | None = Field(default=None, description="The account's own by default.")

    def config(self, swanlab: SwanLab) -> SwanLab:
        """The spec's settings with this account's host and workspace."""
        settings = {"host": self.host, "workspace": self.workspace}
        return swanlab.model_copy(update={name: value for name, value in settings.items() if value})

    def variables(self, swanlab: SwanLab) -> Variables:
        """Return the API key in the environment variable that the spec names."""
        return {swanlab.api_key_env: self.api_key}


class ModelHub(Block):
    """The hub that models come from, a token for private models, and a mirror of the hub."""

    _block_type_name = "ModelHub"
    _block_type_slug = "model-hub"
    _description = "Hugging Face or ModelScope, with a token and a mirror."

    hub: HubName = "huggingface"
    token: SecretStr | None = Field(default=None, description="For private or gated models.")
    mirror: str | None = Field(default=None, description="Address used instead of the hub's own.")

    def config(self, server: ManagedServer) -> ManagedServer:
        """Return the server settings with this hub as the source of the model."""
        return server.model_copy(update={"hub": self.hub})

    def variables(self) -> Variables:
        """Return the token and the mirror in the environment variables of the hub's client."""
        site, variables = HUB_SITES[self.hub], {}
        if self.token is not None:
            variables[site.token_variable] = self.token
        if self.mirror:
            variables[site.address_variable] = SecretStr(self.mirror)
        return variables
