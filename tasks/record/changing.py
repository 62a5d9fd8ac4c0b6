"""Changes what counts at a results location, one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from tasks.config.access import is_denied
from tasks.errors import RecordError
from tasks.record.store import Store


@contextmanager
def changing(store: Store) -> Iterator[None]:
    """Keep other processes from compacting, merging, removing runs or naming baselines inside the block.

    Raises:
        InputError: another process does so.
        RecordError: the location cannot be read or written.
    """
    try:
        with store.files.lock():
            yield
    except OSError as error:
        what = f"{_folder_of(error) or store.location} cannot be changed: {store.files.error_text(error)}"
        remedy = "let this user read and write it" if is_denied(error) else "see that there is free space"
        raise RecordError(what, remedy) from error


def _folder_of(error: OSError) -> PurePath | None:
    """Return what an error names; of a hidden file, which a person has never seen, its folder."""
    path = PurePath(error.filename) if isinstance(error.filename, str) else None
    return path.parent if path is not None and path.name.startswith(".") else path
