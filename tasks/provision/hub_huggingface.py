"""Hugging Face as a hub; the library is imported when it is first asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.errors import ServegaugeError
from tasks.provision.hub import IGNORED, Hub, gated, no_revision, out_of_reach, unknown, unwritable
from tasks.provision.license import license_of, stated_license


def huggingface() -> Hub:
    """The hub that HF_ENDPOINT and HF_HOME describe."""
    from huggingface_hub import constants

    return Hub(
        "Hugging Face",
        _resolve,
        _cached,
        _fetch,
        _missing,
        _license,
        cache=Path(constants.HF_HUB_CACHE),
        cache_variable="HF_HOME",
    )


@contextmanager
def _errors(repository: str) -> Iterator[None]:
    from httpx import HTTPError
    from huggingface_hub import errors

    hub, token = "Hugging Face", "HF_TOKEN"
    try:
        yield
    except errors.GatedRepoError:
        raise gated(repository, hub, token) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        raise unknown(repository, hub, token) from None
    except errors.RevisionNotFoundError:
        raise no_revision(repository, hub) from None
    except PermissionError as error:
        raise unwritable(repository, hub, "HF_HOME", error) from None
    except errors.HfHubHTTPError as error:
        if getattr(error.response, "status_code", None) in (401, 403):
            raise gated(repository, hub, token) from None
        raise out_of_reach(repository, hub, "HF_ENDPOINT", error) from None
    except (errors.LocalEntryNotFoundError, HTTPError, OSError) as error:
        raise out_of_reach(repository, hub, "HF_ENDPOINT", error) from None


def _resolve(repository: str, revision: str | None) -> str:
    if revision and re.fullmatch(r"[0-9a-f]{40}", revision):
        return revision
    from huggingface_hub import HfApi

    with _errors(repository):
        info = HfApi().model_info(repository, revision=revision, timeout=10)
    return info.sha or revision or "main"


def _cached(repository: str, revision: str | None) -> str | None:
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    cache = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=repository, repo_type="model")
    reference = cache / "refs" / (revision or "main")
    if reference.is_file():
        return reference.read_text(encoding="utf-8").strip()
    snapshots = sorted((cache / "snapshots").glob("*"), key=lambda path: path.stat().st_mtime)
    return snapshots[-1].name if snapshots and revision is None else None


def _fetch(repository: str, revision: str) -> str:
    from huggingface_hub import snapshot_download

    with _errors(repository):
        return snapshot_download(repository, revision=revision, ignore_patterns=IGNORED)


def _missing(repository: str, revision: str) -> int:
    from huggingface_hub import snapshot_download

    with _errors(repository):
        files = snapshot_download(repository, revision=revision, ignore_patterns=IGNORED, dry_run=True)
    return sum(file.file_size or 0 for file in files if file.will_download)


def _license(repository: str, revision: str) -> str | None:
    from huggingface_hub import HfApi, constants
    from huggingface_hub.file_download import repo_folder_name

    name = repo_folder_name(repo_id=repository, repo_type="model")
    if known := license_of(Path(constants.HF_HUB_CACHE) / name / "snapshots" / revision):
        return known
    with suppress(ServegaugeError), _errors(repository):
        card = HfApi().model_info(repository, revision=revision, timeout=10).card_data
        return stated_license({name: card.get(name) for name in ("license", "license_name")} if card else {})
    return None
