"""Checks, before any load is sent, that there is a tokenizer for the random prompts of a spec."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tasks.config.home import expanded, looks_like_path
from tasks.config.sweep import Sweep
from tasks.errors import InputError

TOKENIZER_FILES = ("tokenizer*", "*tiktoken*", "tekken.json", "vocab*", "*.model", "*.vocab")
"""Patterns of files from which a tokenizer is loaded; a folder with one of them may hold a tokenizer."""
NO_TOKENIZER_REMEDY = (
    "set server.tokenizer to its folder or repository, or measure with questions "
    "(`dataset: openqa` in a spec)"
)


def check_tokenizer_folder(tokenizer: str | None) -> None:
    """Check `server.tokenizer`: a path must be a folder. A hub would be asked for it otherwise.

    Raises:
        InputError: there is no such folder.
    """
    if tokenizer and looks_like_path(tokenizer) and not expanded(tokenizer).is_dir():
        raise InputError(
            f"server.tokenizer: no folder {tokenizer}", "give a folder or the name of a repository"
        )


def check_tokenizer(tokenizer: str, sweeps: Iterable[Sweep]) -> None:
    """Check that a tokenizer may be loaded, if a sweep sends random prompts.

    A repository is not asked for: the load generator does that, before it sends its first request.

    Raises:
        InputError: the name is neither that of a repository (OWNER/NAME) nor a folder with a tokenizer.
    """
    if not any(sweep.has_random_prompts for sweep in sweeps) or _may_be_loaded(tokenizer):
        return
    raise InputError(f"no tokenizer is found for {tokenizer!r}", NO_TOKENIZER_REMEDY)


def _may_be_loaded(tokenizer: str) -> bool:
    folder = Path(tokenizer)
    if folder.is_dir():
        return any(next(folder.glob(pattern), None) for pattern in TOKENIZER_FILES)
    return tokenizer.count("/") == 1 and not looks_like_path(tokenizer)
