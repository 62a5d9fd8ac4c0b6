"""What provisioning hands on: an environment that can serve, and a model to serve."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from tasks.config.base import Frozen


class EngineBuild(Frozen):
    """A serving environment before it is built: all that a cache key may know of it.

    `digest` is over the pinned requirements and the Python version; never over a path or an index.
    """

    name: str
    engine: str
    version: str
    digest: str


class Environment(Frozen):
    """A serving environment on disk: its interpreter, and what was built."""

    python: Path
    build: EngineBuild


class ModelIdentity(Frozen):
    """A model before it is fetched: all that a cache key may know of it.

    `revision` is the commit of a hub model, the content digest of a folder, the recipe's version of a
    synthetic one.
    """

    name: str
    revision: str


class Model(Frozen):
    """A model that can be served: what the engine is given, and the tokenizer for exact prompts."""

    weights: str
    tokenizer: str
    identity: ModelIdentity
    args: dict[str, str] = Field(default_factory=dict)
    env: dict[str, str] = Field(default_factory=dict)
