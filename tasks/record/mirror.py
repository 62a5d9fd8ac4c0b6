"""What lies in a folder beside a bucket, kept in the bucket too: the newer of two files wins."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path, PurePosixPath

from tasks.config.place import Place
from tasks.errors import RecordError
from tasks.record import bucket


def fetch(place: Place, name: str) -> int:
    """Bring what the bucket has newer under `folder/name`; returns the number of files.

    Raises:
        RecordError: the bucket does not answer, or refuses.
    """
    if place.bucket is None:
        return 0
    try:
        return _fetch(place.folder, PurePosixPath(place.bucket), name)
    except OSError as error:
        raise RecordError(f"{place}/{name} cannot be read: {bucket.reason(error)}", bucket.REMEDY) from error


def keep(place: Place, name: str) -> int:
    """Put what is newer under `folder/name` into the bucket; returns the number of files.

    Raises:
        RecordError: the bucket does not answer, or refuses.
    """
    if place.bucket is None:
        return 0
    try:
        return _keep(place.folder, PurePosixPath(place.bucket), name)
    except OSError as error:
        raise RecordError(
            f"{place}/{name} cannot be written: {bucket.reason(error)}", bucket.REMEDY
        ) from error


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
    kept = 0  # S3 tells times in whole seconds
    for file in sorted(path for path in (folder / name).rglob("*") if path.is_file()):
        target = root / file.relative_to(folder).as_posix()
        if target not in known or int(file.stat().st_mtime) > known[target].timestamp():
            bucket.put(target, file.read_bytes())
            kept += 1
    return kept


def _older(file: Path, written: datetime) -> bool:
    try:
        return file.stat().st_mtime < written.timestamp()
    except FileNotFoundError:
        return True
