"""The base class of model hubs: what the pipeline asks of a hub, and the errors a hub can lead to."""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from tasks.config.hubs import HubSite
from tasks.errors import InputError, NoSpace, ProvisionError

# Other formats of the same weights. vLLM does not read them.
IGNORED_FILES = ["original/*", "metal/*", "*.gguf", "*.onnx", "*.h5", "*.msgpack", "*.pth"]


class Hub(ABC):
    """One model hub. Every subclass is a row of `hub_registry.py`.

    A `repository` is the hub's id of a model (`openai/gpt-oss-20b`). `resolve`, `missing` and `fetch`
    raise InputError for a repository that is unknown or gated, and ProvisionError for a hub that
    cannot be reached. `cached` and `license` raise neither.
    """

    site: ClassVar[HubSite]
    """The hub's name, address and variables."""

    @property
    @abstractmethod
    def cache(self) -> Path:
        """The folder that `fetch` fills."""

    @abstractmethod
    def resolve(self, repository: str, revision: str | None) -> str:
        """Ask the hub for the exact revision that a spec's `revision` means now (None: the newest)."""

    @abstractmethod
    def cached(self, repository: str, revision: str | None) -> str | None:
        """Return the newest exact revision in the cache, without asking the hub; None if there is none."""

    @abstractmethod
    def missing(self, repository: str, revision: str) -> int:
        """Return how many bytes of an exact revision are not in the cache yet."""

    @abstractmethod
    def fetch(self, repository: str, revision: str) -> str:
        """Download an exact revision into the cache and return its folder."""

    @abstractmethod
    def license(self, repository: str, revision: str) -> str | None:
        """Return the licence of a model; None if the hub does not state one or cannot be reached."""

    def unknown(self, repository: str) -> InputError:
        """Return the error for a repository that the hub does not have, or does not show to this user."""
        return InputError(
            f"model {repository}: {self.site.name} has no such model, or your account may not see it",
            f"check server.model and server.hub; for a private model set {self.site.token_variable}",
        )

    def gated(self, repository: str) -> InputError:
        """Return the error for a repository that this user may not read."""
        return InputError(
            f"model {repository}: {self.site.name} requires permission to read it",
            f"accept its terms on the hub, then set {self.site.token_variable} to a token that may read it",
        )

    def no_revision(self, repository: str) -> InputError:
        """Return the error for a commit, tag or branch that the repository does not have."""
        return InputError(
            f"model {repository}: {self.site.name} has no such revision", "check server.revision"
        )

    def unwritable(self, repository: str, error: OSError) -> InputError:
        """Return the error for a cache that this user cannot write."""
        return InputError(
            f"model {repository}: {self.site.name}'s cache cannot be written ({error.filename})",
            f"set {self.site.cache_variable} to a folder that you can write",
        )

    def out_of_reach(self, repository: str, error: Exception) -> ProvisionError:
        """Return the error for a hub that does not answer, or for a disk that is full."""
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return NoSpace(
                f"model {repository}: the disk of {self.site.name}'s cache is full",
                f"free space there, or set {self.site.cache_variable} to a folder on a larger disk",
            )
        return ProvisionError(
            f"model {repository}: {self.site.name} cannot be reached ({type(error).__name__})",
            f"check the network, set {self.site.address_variable} to a mirror's address, "
            "or give server.model a folder",
        )
