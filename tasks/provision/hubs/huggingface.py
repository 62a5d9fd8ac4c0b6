"""Hugging Face as a model hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.config.hubs import HUB_SITES
from tasks.errors import ServegaugeError
from tasks.provision.hubs.hub import IGNORED_FILES, Hub
from tasks.provision.license import license_from_front_matter, read_license

# huggingface_hub is imported inside the functions: it reads its environment variables on import.
TIMEOUT_S = 10


class HuggingFace(Hub):
    """The hub at HF_ENDPOINT, with its cache under HF_HOME."""

    site = HUB_SITES["huggingface"]

    @property
    def cache(self) -> Path:
        from huggingface_hub import constants

        return Path(constants.HF_HUB_CACHE)

    def resolve(self, repository: str, revision: str | None) -> str:
        if revision and re.fullmatch(r"[0-9a-f]{40}", revision):
            return revision
        from huggingface_hub import HfApi

        with self._translated_errors(repository):
            info = HfApi().model_info(repository, revision=revision, timeout=TIMEOUT_S)
        return info.sha or revision or "main"

    def cached(self, repository: str, revision: str | None) -> str | None:
        folder = self._repository_folder(repository)
        reference = folder / "refs" / (revision or "main")
        if reference.is_file():
            return reference.read_text(encoding="utf-8").strip()
        if revision is not None:
            return None
        snapshots = list((folder / "snapshots").glob("*"))
        return max(snapshots, key=lambda path: path.stat().st_mtime).name if snapshots else None

    def missing(self, repository: str, revision: str) -> int:
        from huggingface_hub import snapshot_download

        with self._translated_errors(repository):
            files = snapshot_download(
                repository, revision=revision, ignore_patterns=IGNORED_FILES, dry_run=True
            )
        return sum(file.file_size or 0 for file in files if file.will_download)

    def fetch(self, repository: str, revision: str) -> str:
        from huggingface_hub import snapshot_download

        with self._translated_errors(repository):
            return snapshot_download(repository, revision=revision, ignore_patterns=IGNORED_FILES)

    def license(self, repository: str, revision: str) -> str | None:
        from huggingface_hub import HfApi

        license_name = read_license(self._repository_folder(repository) / "snapshots" / revision)
        if license_name:
            return license_name
        with suppress(ServegaugeError), self._translated_errors(repository):
            card = HfApi().model_info(repository, revision=revision, timeout=TIMEOUT_S).card_data
            if card:
                return license_from_front_matter(
                    {"license": card.get("license"), "license_name": card.get("license_name")}
                )
        return None

    def _repository_folder(self, repository: str) -> Path:
        from huggingface_hub.file_download import repo_folder_name

        return self.cache / repo_folder_name(repo_id=repository, repo_type="model")

    @contextmanager
    def _translated_errors(self, repository: str) -> Iterator[None]:
        """Raise the pipeline's errors instead of the client's."""
        from httpx import HTTPError
        from huggingface_hub import errors

        try:
            yield
        except errors.GatedRepoError:
            raise self.gated(repository) from None
        except (errors.RepositoryNotFoundError, errors.HFValidationError):
            raise self.unknown(repository) from None
        except errors.RevisionNotFoundError:
            raise self.no_revision(repository) from None
        except PermissionError as error:
            raise self.unwritable(repository, error) from None
        except errors.HfHubHTTPError as error:
            if getattr(error.response, "status_code", None) in (401, 403):
                raise self.gated(repository) from None
            raise self.out_of_reach(repository, error) from None
        except (errors.LocalEntryNotFoundError, HTTPError, OSError) as error:
            raise self.out_of_reach(repository, error) from None
