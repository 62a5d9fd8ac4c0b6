"""ModelScope as a model hub."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.config.hubs import HUB_SITES
from tasks.errors import ServegaugeError
from tasks.provision.hubs.hub import IGNORED_FILES, Hub

# modelscope_hub is imported inside the functions: most runs do without it.
if TYPE_CHECKING:
    from modelscope_hub.types import CachedRepoInfo, FileInfo

DEFAULT_BRANCH = "master"


class ModelScope(Hub):
    """The hub at MODELSCOPE_ENDPOINT, with its cache under MODELSCOPE_CACHE.

    ModelScope names branches, not commits. An exact revision is therefore `BRANCH@DIGEST`, with a digest
    of the branch's list of files: it changes with every file.
    """

    site = HUB_SITES["modelscope"]

    @property
    def cache(self) -> Path:
        return Path(os.environ.get(self.site.cache_variable) or Path.home() / ".cache" / "modelscope")

    def resolve(self, repository: str, revision: str | None) -> str:
        branch = revision or DEFAULT_BRANCH
        lines = [
            f"{file.path} {file.size} {file.sha256 or file.blob_id}"
            for file in self._list_files(repository, branch)
        ]
        digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
        return f"{branch}@{digest[:16]}"

    def cached(self, repository: str, revision: str | None) -> str | None:
        for copy in reversed(self._cached_copies(repository)):
            if copy.revision and revision in (None, copy.revision):
                return copy.revision
        return None

    def missing(self, repository: str, revision: str) -> int:
        """Return the listed bytes less the cached bytes of the branch; an older state counts as cached."""
        branch = _branch(revision)
        listed = sum(file.size for file in self._list_files(repository, branch) if _is_needed(file.path))
        copies = self._cached_copies(repository)
        return max(0, listed - sum(copy.size_on_disk for copy in copies if copy.revision == branch))

    def fetch(self, repository: str, revision: str) -> str:
        from modelscope_hub.compat.snapshot_download import snapshot_download
        from modelscope_hub.errors import NetworkError

        branch = _branch(revision)
        with self._translated_errors(repository):
            try:
                return snapshot_download(repository, revision=branch, ignore_patterns=IGNORED_FILES)
            except NetworkError:
                return snapshot_download(repository, revision=branch, local_files_only=True)

    def license(self, repository: str, revision: str) -> str | None:
        from modelscope_hub.api import HubApi

        with suppress(ServegaugeError), self._translated_errors(repository):
            return HubApi().get_repo(repository, "model").license
        return None

    def _list_files(self, repository: str, branch: str) -> Sequence[FileInfo]:
        from modelscope_hub.api import HubApi

        with self._translated_errors(repository):
            return HubApi().list_repo_files(repository, "model", revision=branch)

    def _cached_copies(self, repository: str) -> list[CachedRepoInfo]:
        from modelscope_hub.api import HubApi
        from modelscope_hub.errors import CacheNotFound

        try:
            return [copy for copy in HubApi().scan_cache().repos if copy.repo_id == repository]
        except CacheNotFound:
            return []

    @contextmanager
    def _translated_errors(self, repository: str) -> Iterator[None]:
        """Raise the pipeline's errors instead of the client's."""
        from modelscope_hub import errors
        from requests.exceptions import RequestException

        try:
            yield
        except (errors.AuthenticationError, errors.PermissionDeniedError):
            raise self.gated(repository) from None
        except (errors.NotExistError, errors.InvalidParameter):
            raise self.unknown(repository) from None
        except (errors.HubError, RequestException, OSError) as error:
            raise self.out_of_reach(repository, error) from None


def _branch(revision: str) -> str:
    return revision.partition("@")[0]


def _is_needed(path: str) -> bool:
    return not any(fnmatch(path, pattern) for pattern in IGNORED_FILES)
