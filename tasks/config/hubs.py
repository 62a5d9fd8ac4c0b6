"""The model hubs that a spec may name: their addresses, and the variables that their clients read."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

HubName = Literal["huggingface", "modelscope"]
"""The values of the spec's `server.hub`."""


class HubSite(Frozen):
    """One hub, with the environment variables that the hub's client library reads.

    `name`: the hub's name in messages. `address_variable`: sets the address of a mirror. `cache_variable`:
    moves the cache.
    """

    name: str
    address: str
    token_variable: str
    address_variable: str
    cache_variable: str


HUB_SITES: dict[HubName, HubSite] = {
    "huggingface": HubSite(
        name="Hugging Face",
        address="https://huggingface.co",
        token_variable="HF_TOKEN",
        address_variable="HF_ENDPOINT",
        cache_variable="HF_HOME",
    ),
    "modelscope": HubSite(
        name="ModelScope",
        address="https://modelscope.cn",
        token_variable="MODELSCOPE_API_TOKEN",
        address_variable="MODELSCOPE_ENDPOINT",
        cache_variable="MODELSCOPE_CACHE",
    ),
}
"""A row for each HubName; tasks/provision/hubs/ has a class for each."""
