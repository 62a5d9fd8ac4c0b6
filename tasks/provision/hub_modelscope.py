"""ModelScope as a hub; the library is imported when it is first asked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.errors import ServegaugeError
from tasks.provision.hub import IGNORED, Hub, gated, out_of_reach, unknown

if TYPE_CHECKING:
    from modelscope_hub.types import CachedRepoInfo

CACHE = "MODELSCOPE_CACHE"


def modelscope() -> Hub:
    """The hub that MODELSCOPE_ENDPOINT and MODELSCOPE_CACHE describe."""
    return Hub(
        "ModelScope",
        _resolve,
        _cached,
        _fetch,
        _missing,
        _license,
        cache=Path(os.environ.get(CACHE) or Path.home() / ".cache" / "modelscope"),
        cache_variable=CACHE,
    )


@contextmanager
def _errors(repository: str) -> Iterator[None]:
    from modelscope_hub import errors
    from requests.exceptions import RequestException

    hub, token = "ModelScope", "MODELSCOPE_API_TOKEN"
    try:
        yield
    except (errors.AuthenticationError, errors.PermissionDeniedError):
        raise gated(repository, hub, token) from None
    except (errors.NotExistError, errors.InvalidParameter):
        raise unknown(repository, hub, token) from None
    except (errors.HubError, RequestException, OSError) as error:
        raise out_of_reach(repository, hub, "MODELSCOPE_ENDPOINT", error) from None


def _resolve(repository: str, revision: str | None) -> str:
    """ModelScope names branches, not their commits, so the branch's list of files tells its states apart."""
    from modelscope_hub.api import HubApi

    branch = revision or "master"
    with _errors(repository):
        files = HubApi().list_repo_files(repository, "model", revision=branch)
    listing = "\n".join(sorted(f"{file.path} {file.size} {file.sha256 or file.blob_id}" for file in files))
    return f"{branch}@{hashlib.sha256(listing.encode()).hexdigest()[:16]}"


def _cached(repository: str, revision: str | None) -> str | None:
    found = [repo.revision for repo in _kept(repository) if repo.revision]
    return next((name for name in reversed(found) if revision in (None, name)), None)


def _kept(repository: str) -> list[CachedRepoInfo]:
    from modelscope_hub.api import HubApi
    from modelscope_hub.errors import CacheNotFound

    try:
        return [repo for repo in HubApi().scan_cache().repos if repo.repo_id == repository]
    except CacheNotFound:
        return []


def _missing(repository: str, revision: str) -> int:
    """The files of the listing, less what the cache holds of the branch: an older state counts as there."""
    from modelscope_hub.api import HubApi

    branch = revision.partition("@")[0]
    with _errors(repository):
        files = HubApi().list_repo_files(repository, "model", revision=branch)
    wanted = [file.size for file in files if not any(fnmatch(file.path, each) for each in IGNORED)]
    return max(
        0, sum(wanted) - sum(repo.size_on_disk for repo in _kept(repository) if repo.revision == branch)
    )


def _license(repository: str, revision: str) -> str | None:
    from modelscope_hub.api import HubApi

    with suppress(ServegaugeError), _errors(repository):
        return HubApi().get_repo(repository, "model").license
    return None


def _fetch(repository: str, revision: str) -> str:
    from modelscope_hub.compat.snapshot_download import snapshot_download
    from modelscope_hub.errors import NetworkError

    branch = revision.partition("@")[0]
    with _errors(repository):
        try:
            return snapshot_download(repository, revision=branch, ignore_patterns=IGNORED)
        except NetworkError:
            return snapshot_download(repository, revision=branch, local_files_only=True)
