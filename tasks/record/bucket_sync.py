"""Copies files between a bucket and its local folder; the newer of two files wins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from tasks.config.access import FOLDER_WRITABLE, is_denied, system_text
from tasks.config.results_location import ResultsLocation
from tasks.errors import RecordError
from tasks.record import bucket


def download(location: ResultsLocation, name: str) -> int:
    """Download every file below `name` that is missing or older in the local folder.

    Args:
        location: where results are written; without a bucket nothing is downloaded.
        name: a path relative to the local folder and to the bucket.

    Returns:
        The number of files downloaded.

    Raises:
        RecordError: the bucket does not answer or refuses access.
    """
    if location.bucket is None:
        return 0
    root, count = PurePosixPath(location.bucket), 0
    with _record_errors(f"{location}/{name} cannot be read"):
        for path, written_at in bucket.list_files(root / name, recursive=True):
            local_file = location.folder / path.relative_to(root)
            if _is_outdated(local_file, written_at):
                _download_file(path, written_at, local_file)
                count += 1
    return count


def upload(location: ResultsLocation, name: str) -> int:
    """Upload every local file below `name` that is missing or older in the bucket.

    Args:
        location: where results are written; without a bucket nothing is uploaded.
        name: a path relative to the local folder and to the bucket.

    Returns:
        The number of files uploaded.

    Raises:
        RecordError: the bucket does not answer or refuses access.
    """
    if location.bucket is None:
        return 0
    root, count = PurePosixPath(location.bucket), 0
    with _record_errors(f"{location}/{name} cannot be written"):
        written_at = dict(bucket.list_files(root / name, recursive=True))
        for local_file in sorted(path for path in (location.folder / name).rglob("*") if path.is_file()):
            target = root / local_file.relative_to(location.folder).as_posix()
            # S3 stores times in whole seconds
            modified_s = int(local_file.stat().st_mtime)
            if target not in written_at or modified_s > written_at[target].timestamp():
                bucket.put(target, local_file.read_bytes())
                count += 1
    return count


def upload_file(location: ResultsLocation, name: str) -> None:
    """Upload the local file `name`, if there is one, whatever the bucket holds.

    Raises:
        RecordError: the bucket does not answer or refuses access.
    """
    file = location.folder / name
    if location.bucket is None or not file.is_file():
        return
    with _record_errors(f"{location}/{name} cannot be written"):
        bucket.put(PurePosixPath(location.bucket) / name, file.read_bytes())


def remove(location: ResultsLocation, name: str) -> None:
    """Remove the file `name` from the local folder and from the bucket, if it is there.

    Raises:
        RecordError: this user may not remove it, or the bucket does not answer or refuses access.
    """
    local_file = location.folder / name
    try:
        local_file.unlink(missing_ok=True)
    except OSError as error:
        what = f"{local_file} cannot be removed: {system_text(error)}"
        raise RecordError(what, FOLDER_WRITABLE if is_denied(error) else "remove it by hand") from error
    if location.bucket is None:
        return
    with _record_errors(f"{location}/{name} cannot be removed"), suppress(FileNotFoundError):
        bucket.remove(PurePosixPath(location.bucket) / name)


@contextmanager
def _record_errors(what: str) -> Iterator[None]:
    """Raise RecordError, beginning with `what`, for an OSError inside the block."""
    try:
        yield
    except OSError as error:
        raise RecordError(f"{what}: {bucket.error_text(error)}", bucket.REMEDY) from error


def _is_outdated(local_file: Path, written_at: datetime) -> bool:
    try:
        return local_file.stat().st_mtime < written_at.timestamp()
    except FileNotFoundError:
        return True


def _download_file(path: PurePosixPath, written_at: datetime, local_file: Path) -> None:
    """Write under a temporary name, then rename, so that the local file is always complete."""
    local_file.parent.mkdir(parents=True, exist_ok=True)
    temporary = local_file.with_name(f".{local_file.name}.{os.getpid()}.part")
    temporary.write_bytes(bucket.get(path))
    # the bucket's time, so that the next download and upload skip this file
    os.utime(temporary, (written_at.timestamp(), written_at.timestamp()))
    temporary.replace(local_file)
