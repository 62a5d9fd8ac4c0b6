"""Lists, reads and writes the Parquet files of a store, in a folder or in a bucket."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Protocol

import pyarrow as pa

from tasks.config.results_location import ResultsLocation
from tasks.record import bucket
from tasks.record.parquet_file import encode, remove_leftover, write_atomically

READERS = 8
"""Files of a bucket that are read at the same time."""
MEBIBYTE = 2**20
PROBE = b"servegauge"


class StoreFiles(Protocol):
    """What a store needs from a folder or a bucket. Each method except `error_text` raises OSError."""

    @property
    def root(self) -> PurePath:
        """The path that all tables are below."""

    def check_writable(self) -> None:
        """Write a small file and remove it."""

    def write(self, content: pa.Table, target: PurePath) -> None:
        """Write a file, which readers see only once it is complete."""

    def list_files(self, table: str) -> Sequence[PurePath]:
        """The Parquet files of a table, in any order."""

    def sources(self, files: Sequence[PurePath]) -> list[Path] | list[IO[bytes]]:
        """What polars and pyarrow read the files from."""

    def error_text(self, error: OSError) -> str:
        """Why reading or writing failed, in one line."""


class FolderFiles:
    """Files in a folder of this machine or of a mounted disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def check_writable(self) -> None:
        """Create the folder, write a small file and remove it."""
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(PROBE)
            probe.unlink()
        finally:
            remove_leftover(probe)

    def write(self, content: pa.Table, target: PurePath) -> None:
        """Write under a hidden name, then rename."""
        write_atomically(content, Path(target))

    def list_files(self, table: str) -> Sequence[Path]:
        """The Parquet files of a table, in any order."""
        return list((self.root / table).glob("*.parquet"))

    def sources(self, files: Sequence[PurePath]) -> list[Path]:
        """The paths of the files."""
        return [Path(file) for file in files]

    def error_text(self, error: OSError) -> str:
        """The system's message, and how much space is free."""
        try:
            free = f"{shutil.disk_usage(self.root).free / MEBIBYTE:,.0f} MiB free"
        except OSError:
            free = "free space unknown"
        return f"{error.strerror or error} ({free})"


class BucketFiles:
    """Files below a prefix of an S3 bucket."""

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

    def list_files(self, table: str) -> Sequence[PurePosixPath]:
        """The Parquet files of a table, in any order."""
        return [path for path, _ in bucket.list_files(self.root / table) if path.suffix == ".parquet"]

    def sources(self, files: Sequence[PurePath]) -> list[IO[bytes]]:
        """The content of the files, READERS of them read at the same time."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(_content, files))

    def error_text(self, error: OSError) -> str:
        """S3's message."""
        return bucket.error_text(error)


def _content(file: PurePath) -> IO[bytes]:
    return BytesIO(bucket.get(PurePosixPath(file)))


def files_at(location: ResultsLocation) -> StoreFiles:
    """The files of the tables at a results location."""
    return FolderFiles(location.folder) if location.bucket is None else BucketFiles(location.bucket)
