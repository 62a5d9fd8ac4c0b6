"""Lists, reads and writes the files of a store in a bucket."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from io import BytesIO
from pathlib import PurePath, PurePosixPath
from typing import IO

import pyarrow as pa

from tasks.record import bucket
from tasks.record.parquet_file import encode, rows_of_run
from tasks.record.store_files import PROBE, Stamp, is_table_file
from tasks.record.store_lock import bucket_lock

READERS = 8
"""Files of a bucket that are read at the same time."""


class BucketFiles:
    """Files below a prefix of an S3 bucket."""

    linked = False

    def __init__(self, prefix: str) -> None:
        self.root = PurePosixPath(prefix)

    def check_writable(self) -> None:
        """Write a small file and remove it."""
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        bucket.put(probe, PROBE)
        bucket.remove(probe)

    def write(self, content: pa.Table, target: PurePath) -> None:
        """Write the file as one object."""
        bucket.put(PurePosixPath(target), encode(content))

    def list_files(self, table: str, prefix: str = "") -> Sequence[PurePosixPath]:
        """The Parquet files of a table."""
        files = [path for path, _ in bucket.list_files(self.root / table)]
        return [path for path in files if path.name.startswith(prefix) and is_table_file(path.name)]

    def exists(self, file: PurePath) -> bool:
        """Whether there is such an object."""
        return bucket.exists(PurePosixPath(file))

    def stamps(self, table: str) -> dict[PurePath, Stamp]:
        """Sizes and times; S3 gives times in whole seconds."""
        return {
            path: Stamp(size, round(written_at.timestamp() * 1e9))
            for path, size, written_at in bucket.list_sizes(self.root / table)
            if is_table_file(path.name)
        }

    def get(self, file: PurePath) -> bytes | None:
        """The content of a small object; None if there is none."""
        try:
            return bucket.get(PurePosixPath(file))
        except FileNotFoundError:
            return None

    def put(self, file: PurePath, content: bytes) -> None:
        """Write the file as one object."""
        bucket.put(PurePosixPath(file), content)

    def remove(self, file: PurePath) -> None:
        """Remove an object, if it is there."""
        with suppress(FileNotFoundError):
            bucket.remove(PurePosixPath(file))

    def lock(self) -> AbstractContextManager[None]:
        """An object with the name of its holder."""
        return bucket_lock(self.root)

    def part(self, file: PurePath, run_id: str) -> list[IO[bytes]]:
        """The row groups that may hold the run; no other bytes are fetched."""
        with bucket.open_file(PurePosixPath(file)) as source:
            return [BytesIO(rows_of_run(source, run_id))]

    def sources(self, files: Sequence[PurePath]) -> list[IO[bytes]]:
        """The content of the files, READERS of them read at the same time."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(_content, files))

    def error_text(self, error: OSError) -> str:
        """S3's message."""
        return bucket.error_text(error)


def _content(file: PurePath) -> IO[bytes]:
    return BytesIO(bucket.get(PurePosixPath(file)))
