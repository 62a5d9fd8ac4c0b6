"""The names of Prefect blocks that a spec may use."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen, added_field


class Blocks(Frozen):
    """Prefect blocks with credentials, the serving host and the results location; null uses none."""

    swanlab: str | None = Field(None, min_length=1, description="name of a SwanLabCredentials block")
    mlflow: str | None = added_field(min_length=1, description="name of an MLflowCredentials block")
    hub: str | None = Field(None, min_length=1, description="name of a ModelHub block")
    endpoint: str | None = Field(None, min_length=1, description="name of an EndpointCredentials block")
    results: str | None = Field(None, min_length=1, description="name of a ResultStore block")
    host: str | None = Field(None, min_length=1, description="name of a ServingHost block")
