"""The table of model hubs: one row for each value of the spec's `server.hub`."""

from __future__ import annotations

from tasks.provision.hubs.hub import Hub
from tasks.provision.hubs.huggingface import HuggingFace
from tasks.provision.hubs.modelscope import ModelScope

HUBS: dict[str, type[Hub]] = {
    "huggingface": HuggingFace,
    "modelscope": ModelScope,
}
"""Subclasses of Hub by `server.hub`."""
