"""What a run needs to be let in: a tracker's key, a hub's token. Stored encrypted by Prefect's server."""

from __future__ import annotations

from typing import Literal

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from tasks.config.server import OwnServer
from tasks.config.trackers import SwanLab

Variables = dict[str, SecretStr]


class SwanLabCredentials(Block):
    """The key of a SwanLab account, and where its server and workspace are."""

    _block_type_name = "SwanLabCredentials"
    _block_type_slug = "swanlab-credentials"
    _description = "Key, host and workspace of a SwanLab account."

    api_key: SecretStr = Field(description="From the account's settings page.")
    host: str | None = Field(default=None, description="Of a SwanLab server of one's own.")
    workspace: str | None = Field(default=None, description="The account's own by default.")

    def config(self, swanlab: SwanLab) -> SwanLab:
        """The spec's settings with this account's host and workspace."""
        given = {"host": self.host, "workspace": self.workspace}
        return swanlab.model_copy(update={name: value for name, value in given.items() if value})

    def variables(self, swanlab: SwanLab) -> Variables:
        """The key under the name that the spec looks for."""
        return {swanlab.api_key_env: self.api_key}


class ModelHub(Block):
    """The hub that models come from, a token for what is closed, a mirror where the hub is far."""

    _block_type_name = "ModelHub"
    _block_type_slug = "model-hub"
    _description = "Hugging Face or ModelScope, with a token and a mirror."

    hub: Literal["huggingface", "modelscope"] = "huggingface"
    token: SecretStr | None = Field(default=None, description="For private or gated models.")
    mirror: str | None = Field(default=None, description="Address used instead of the hub's own.")

    def config(self, server: OwnServer) -> OwnServer:
        """The server, its model taken from this hub."""
        return server.model_copy(update={"hub": self.hub})

    def variables(self) -> Variables:
        """Token and mirror as the hub's own client reads them."""
        token, mirror = (
            ("HF_TOKEN", "HF_ENDPOINT")
            if self.hub == "huggingface"
            else ("MODELSCOPE_API_TOKEN", "MODELSCOPE_ENDPOINT")
        )
        found = {token: self.token, mirror: SecretStr(self.mirror) if self.mirror else None}
        return {name: value for name, value in found.items() if value is not None}
