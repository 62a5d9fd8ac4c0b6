"""Lists, reads and writes the files of a store, in a folder or in a bucket."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, NamedTuple, Protocol

import pyarrow as pa

from tasks.config.results_location import ResultsLocation
from tasks.record import bucket
from tasks.record.parquet_file import encode, remove_leftover, rows_of_run, write_atomically, write_bytes
from tasks.record.store_lock import bucket_lock, folder_lock

READERS = 8
"""Files of a bucket that are read at the same time."""
MEBIBYTE = 2**20
PROBE = b"servegauge"
ENDING = ".parquet"
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def file_name_part(text: str) -> str:
    """Return a run's id or a stage as it stands in a file's name."""
    return _NOT_IN_FILE_NAMES.sub("-", text)


class Stamp(NamedTuple):
    """What differs between two versions of a file: its bytes, and when it was written."""

    size: int
    written_ns: int


class StoreFiles(Protocol):
    """What a store needs from a folder or a bucket. Each method except `error_text` raises OSError."""

    linked: bool
    """Whether polars is given paths, and can tell which file a row comes from."""

    @property
    def root(self) -> PurePath:
        """The path that all tables are below."""

    def check_writable(self) -> None:
        """Write a small file and remove it."""

    def write(self, content: pa.Table, target: PurePath) -> None:
        """Write a file, which readers see only once it is complete."""

    def list_files(self, table: str, prefix: str = "") -> Sequence[PurePath]:
        """The Parquet files of a table whose names begin with `prefix`, in any order; no hidden ones."""

    def exists(self, file: PurePath) -> bool:
        """Whether there is such a file."""

    def stamps(self, table: str) -> dict[PurePath, Stamp]:
        """The Parquet files of a table, with what changes when a file is written again."""

    def get(self, file: PurePath) -> bytes | None:
        """The content of a small file; None if there is none."""

    def put(self, file: PurePath, content: bytes) -> None:
        """Write or replace a small file, which readers see only once it is complete."""

    def remove(self, file: PurePath) -> None:
        """Remove a file, if it is there."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other processes from changing which files count. Raises InputError where one does so now."""

    def part(self, file: PurePath, run_id: str) -> Path | IO[bytes]:
        """What polars reads one run's rows of a large file from; rows of other runs may be there too."""

    def sources(self, files: Sequence[PurePath]) -> list[Path] | list[IO[bytes]]:
        """What polars and pyarrow read the files from."""

    def error_text(self, error: OSError) -> str:
        """Why reading or writing failed, in one line."""


class FolderFiles:
    """Files in a folder of this machine or of a mounted disk."""

    linked = True

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

    def list_files(self, table: str, prefix: str = "") -> Sequence[Path]:
        """The Parquet files of a table, found by their names alone: there may be a hundred thousand."""
        folder = self.root / table
        try:
            names = os.listdir(folder)
        except FileNotFoundError:
            return []
        return [folder / name for name in names if name.startswith(prefix) and _is_table_file(name)]

    def exists(self, file: PurePath) -> bool:
        """Whether there is such a file."""
        return Path(file).exists()

    def stamps(self, table: str) -> dict[PurePath, Stamp]:
        """Sizes and times in nanoseconds. A file that vanishes meanwhile is left out."""
        stamps: dict[PurePath, Stamp] = {}
        for path in self.list_files(table):
            with suppress(FileNotFoundError):
                status = path.stat()
                stamps[path] = Stamp(status.st_size, status.st_mtime_ns)
        return stamps

    def get(self, file: PurePath) -> bytes | None:
        """The content of a small file; None if there is none."""
        try:
            return Path(file).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, file: PurePath, content: bytes) -> None:
        """Write under a hidden name, then rename."""
        write_bytes(content, Path(file))

    def remove(self, file: PurePath) -> None:
        """Remove a file, if it is there."""
        Path(file).unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        """A lock file, which the kernel frees if this process is killed."""
        return folder_lock(self.root)

    def part(self, file: PurePath, run_id: str) -> Path:
        """The file: polars skips by its statistics what belongs to other runs."""
        return Path(file)

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
        return [path for path in files if path.name.startswith(prefix) and _is_table_file(path.name)]

    def exists(self, file: PurePath) -> bool:
        """Whether there is such an object."""
        return bucket.exists(PurePosixPath(file))

    def stamps(self, table: str) -> dict[PurePath, Stamp]:
        """Sizes and times; S3 gives times in whole seconds."""
        return {
            path: Stamp(size, round(written_at.timestamp() * 1e9))
            for path, size, written_at in bucket.list_sizes(self.root / table)
            if _is_table_file(path.name)
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

    def part(self, file: PurePath, run_id: str) -> IO[bytes]:
        """The row groups that may hold the run; no other bytes are fetched."""
        with bucket.open_file(PurePosixPath(file)) as source:
            return BytesIO(rows_of_run(source, run_id))

    def sources(self, files: Sequence[PurePath]) -> list[IO[bytes]]:
        """The content of the files, READERS of them read at the same time."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(_content, files))

    def error_text(self, error: OSError) -> str:
        """S3's message."""
        return bucket.error_text(error)


def _is_table_file(name: str) -> bool:
    """Hidden files are still being written, or were left by a killed writer."""
    return name.endswith(ENDING) and not name.startswith(".")


def _content(file: PurePath) -> IO[bytes]:
    return BytesIO(bucket.get(PurePosixPath(file)))


def files_at(location: ResultsLocation) -> StoreFiles:
    """The files of the tables at a results location."""
    return FolderFiles(location.folder) if location.bucket is None else BucketFiles(location.bucket)
