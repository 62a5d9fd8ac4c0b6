"""What a model hub is to us, and what can go wrong with one."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import InputError, NoSpace, ProvisionError

# Other formats of the same weights, which vLLM would not read.
IGNORED = ["original/*", "metal/*", "*.gguf", "*.onnx", "*.h5", "*.msgpack", "*.pth"]


@dataclass(frozen=True)
class Hub:
    """One hub, as functions of a repository id and the revision a spec gives (or None).

    `resolve` asks the hub and gives an exact revision; `cached` gives the newest one on this machine, or
    None; `fetch` puts an exact revision into the hub's own cache and gives its folder. `missing` gives
    the bytes of it that are not there yet. `license` gives its licence where the hub tells it, else None.
    All but `cached` and `license` raise InputError (unknown, gated) and ProvisionError (not reached).

    `cache`: the folder that `fetch` fills, and `cache_variable` the variable that names another one.
    """

    name: str
    resolve: Callable[[str, str | None], str]
    cached: Callable[[str, str | None], str | None]
    fetch: Callable[[str, str], str]
    missing: Callable[[str, str], int] = lambda *_: 0
    license: Callable[[str, str], str | None] = lambda *_: None
    cache: Path = Path()
    cache_variable: str = ""


def unknown(repository: str, hub: str, token: str) -> InputError:
    """The hub does not know the repository, or hides it."""
    return InputError(
        f"model {repository}: {hub} has no such model that you may see",
        f"check server.model and server.hub; for a private model set {token}",
    )


def gated(repository: str, hub: str, token: str) -> InputError:
    """The repository is there, and closed to us."""
    return InputError(
        f"model {repository}: {hub} does not give it without permission",
        f"accept its terms on the hub, then set {token} to a token that may read it",
    )


def no_revision(repository: str, hub: str) -> InputError:
    """The repository has no such commit, tag or branch."""
    return InputError(f"model {repository}: {hub} has no such revision", "check server.revision")


def unwritable(repository: str, hub: str, variable: str, error: OSError) -> InputError:
    """The hub's cache cannot be written by this user."""
    return InputError(
        f"model {repository}: {hub}'s cache cannot be written ({error.filename})",
        f"set {variable} to a folder of yours",
    )


def out_of_reach(repository: str, hub: str, mirror: str, error: Exception) -> ProvisionError:
    """No answer (the network, a proxy, the hub itself), or no room for what it gives."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return NoSpace(
            f"model {repository}: the disk of {hub}'s cache is full", "free space there, or move the cache"
        )
    return ProvisionError(
        f"model {repository}: {hub} cannot be reached ({type(error).__name__})",
        f"check the network, set {mirror} to a mirror's address, or give server.model a folder",
    )
