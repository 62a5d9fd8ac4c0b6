"""The block types of servegauge, and their registration on the Prefect server in use."""

from __future__ import annotations

from prefect.blocks.core import Block

from blocks.credentials import EndpointCredentials, MLflowCredentials, ModelHub, SwanLabCredentials
from blocks.hosts import ResultStore, ServingHost
from operate.prefect_api import prefect_api

BLOCK_TYPES: tuple[type[Block], ...] = (
    SwanLabCredentials,
    MLflowCredentials,
    ModelHub,
    EndpointCredentials,
    ResultStore,
    ServingHost,
)


def register_blocks() -> tuple[str, ...]:
    """Register every block type with the server that PREFECT_API_URL names. Return the names.

    Raises:
        InputError: PREFECT_API_URL is not set. Prefect would start a temporary server for the call.
        ExecutionError: the server does not answer.
    """
    with prefect_api() as api:
        api.get("/admin/version")
    for block_type in BLOCK_TYPES:
        block_type.register_type_and_schema()
    return tuple(str(block_type._block_type_name) for block_type in BLOCK_TYPES)
