"""Names of Prefect blocks that a spec may lean on for credentials, hosts and places."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen


class Blocks(Frozen):
    """Each null, or the name of a block of its kind on the Prefect server in use."""

    swanlab: str | None = Field(None, min_length=1, description="of type SwanLabCredentials")
    hub: str | None = Field(None, min_length=1, description="of type ModelHub")
    results: str | None = Field(None, min_length=1, description="of type ResultStore")
    host: str | None = Field(None, min_length=1, description="of type ServingHost")
