"""What provisioning hands on: an environment that can serve, and a model to serve."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.started_server import Device


class EngineBuild(Frozen):
    """A serving environment before it is built: all that a cache key may know of it.

    `digest` is over the pinned requirements and the Python version; never over a path or an index.
    `device`: what it computes on; `cpu` takes no GPU.
    """

    name: str
    engine: str
    version: str
    digest: str
    device: Device = "cuda"


class Image(Frozen):
    """A container image that is on this machine, and the program that runs it (docker or podman)."""

    program: Path
    reference: str


class Environment(Frozen):
    """A serving environment: an interpreter on disk, an image, or neither where a command needs none."""

    python: Path | None
    build: EngineBuild
    image: Image | None = None


class ModelIdentity(Frozen):
    """A model before it is fetched: all that a cache key may know of it.

    `revision` is the commit of a hub model, the content digest of a folder, the recipe's version of a
    synthetic one. `license`: as its README or its hub states it, which no key holds.
    """

    name: str
    revision: str
    license: str | None = None


class Model(Frozen):
    """A model that can be served: what the engine is given, and the tokenizer for exact prompts."""

    weights: str
    tokenizer: str
    identity: ModelIdentity
    env: dict[str, str] = Field(default_factory=dict)
