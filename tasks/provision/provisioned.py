"""The results of provisioning: an environment that can serve, and a model to serve, with their identities."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.started_server import Device


class EngineBuild(Frozen):
    """The identity of a serving environment, known before it is built. Cache keys are made of it."""

    name: str
    engine: str
    version: str
    digest: str
    """Of the pinned requirements and the Python version; independent of paths and index addresses."""
    device: Device = "cuda"
    """What the engine computes on. A `cpu` build needs no GPU."""


class Image(Frozen):
    """A container image that is on this machine."""

    program: Path
    """docker or podman, which runs it."""
    reference: str
    """`NAME@sha256:DIGEST`."""


class Environment(Frozen):
    """A serving environment that is ready. `python` and `image` are None for a command that needs none."""

    python: Path | None
    build: EngineBuild
    image: Image | None = None


class ModelIdentity(Frozen):
    """The identity of a model, known before it is downloaded. Cache keys are made of it."""

    name: str
    revision: str
    """The commit of a hub's model, the digest of a folder's content, the version of a synthetic recipe."""
    license: str | None = None
    """The licence that its README or its hub states. No cache key contains it."""


class Model(Frozen):
    """A model that is on this machine."""

    weights: str
    """The folder or GGUF file that the engine gets."""
    tokenizer: str
    """The folder or hub id of the tokenizer; prompts of an exact length are made with it."""
    identity: ModelIdentity
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables of the engine."""
