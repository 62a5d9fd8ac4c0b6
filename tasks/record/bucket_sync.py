"""What lies in a folder beside a bucket, kept in the bucket too: the newer of two files wins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from tasks.config.results_location import ResultsLocation
from tasks.errors import RecordError
from tasks.record import bucket


def download(place: ResultsLocation, name: str) -> int:
    """Bring what the bucket has newer under `folder/name`; returns the number of files.

    Raises:
        RecordError: the bucket does not answer, or refuses.
    """
    if place.bucket is None:
        return 0
    with _said(f"{place}/{name} cannot be read"):
        return _fetch(place.folder, PurePosixPath(place.bucket), name)


def upload(place: ResultsLocation, name: str) -> int:
    """Put what is newer under `folder/name` into the bucket; returns the number of files.

    Raises:
        RecordError: the bucket does not answer, or refuses.
    """
    if place.bucket is None:
        return 0
    with _said(f"{place}/{name} cannot be written"):
        return _keep(place.folder, PurePosixPath(place.bucket), name)


def remove(place: ResultsLocation, name: str) -> None:
    """Remove the file `folder/name`, in the bucket too.

    Raises:
        RecordError: the bucket does not answer, or refuses.
    """
    (place.folder / name).unlink(missing_ok=True)
    if place.bucket is None:
        return
    with _said(f"{place}/{name} cannot be removed"), suppress(FileNotFoundError):
        bucket.remove(PurePosixPath(place.bucket) / name)


@contextmanager
def _said(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordError(f"{what}: {bucket.reason(error)}", bucket.REMEDY) from error


def _fetch(folder: Path, root: PurePosixPath, name: str) -> int:
    fetched = 0
    for path, written in bucket.listed(root / name, recursive=True):
        target = folder / path.relative_to(root)
        if not _older(target, written):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        part.write_bytes(bucket.get(path))
        os.utime(part, (written.timestamp(), written.timestamp()))
        part.replace(target)
        fetched += 1
    return fetched


def _keep(folder: Path, root: PurePosixPath, name: str) -> int:
    known = dict(bucket.listed(root / name, recursive=True))
    kept = 0
    for file in sorted(path for path in (folder / name).rglob("*") if path.is_file()):
        target = root / file.relative_to(folder).as_posix()
        # S3 tells times in whole seconds.
        if target not in known or int(file.stat().st_mtime) > known[target].timestamp():
            bucket.put(target, file.read_bytes())
            kept += 1
    return kept


def _older(file: Path, written: datetime) -> bool:
    try:
        return file.stat().st_mtime < written.timestamp()
    except FileNotFoundError:
        return True
