"""Where the Parquet files of a store lie: in a folder, or in a bucket. Both raise OSError."""

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
from tasks.record.parquet_file import encoded, remove, write_whole

READERS = 8
"""Files of a bucket that are read at the same time."""


class Files(Protocol):
    """What a store needs; a file is there whole or not at all."""

    @property
    def root(self) -> PurePath: ...
    def check_writable(self) -> None: ...
    def write(self, content: pa.Table, target: PurePath) -> None: ...
    def names(self, table: str) -> Sequence[PurePath]: ...
    def sources(self, files: Sequence[PurePath]) -> list[Path] | list[IO[bytes]]: ...
    def said(self, error: OSError) -> str: ...


class Folder:
    """Files of this machine, or of a disk that it mounts."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def check_writable(self) -> None:
        """Make the folder and try it."""
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"servegauge")
            probe.unlink()
        finally:
            remove(probe)

    def write(self, content: pa.Table, target: PurePath) -> None:
        """Under a hidden name first, then renamed."""
        write_whole(content, Path(target))

    def names(self, table: str) -> Sequence[Path]:
        """The Parquet files of a table."""
        return list((self.root / table).glob("*.parquet"))

    def sources(self, files: Sequence[PurePath]) -> list[Path]:
        """What reads them: the files themselves."""
        return [Path(file) for file in files]

    def said(self, error: OSError) -> str:
        """Why a write failed; how much space is left is the first question then."""
        try:
            free = f"{shutil.disk_usage(self.root).free / 2**20:,.0f} MiB free"
        except OSError:
            free = "free space unknown"
        return f"{error.strerror or error} ({free})"


class Bucket:
    """Objects below a prefix of an S3 bucket."""

    def __init__(self, name: str) -> None:
        self.root = PurePosixPath(name)

    def check_writable(self) -> None:
        """Put something, and take it away again."""
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        bucket.put(probe, b"servegauge")
        bucket.remove(probe)

    def write(self, content: pa.Table, target: PurePath) -> None:
        """In one piece, so that nothing but the whole is ever seen."""
        bucket.put(PurePosixPath(target), encoded(content))

    def names(self, table: str) -> Sequence[PurePosixPath]:
        """The Parquet files of a table."""
        return [path for path, _ in bucket.listed(self.root / table) if path.suffix == ".parquet"]

    def sources(self, files: Sequence[PurePath]) -> list[IO[bytes]]:
        """What reads them: their content."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(lambda file: BytesIO(bucket.get(PurePosixPath(file))), files))

    def said(self, error: OSError) -> str:
        """Why a write failed, in S3's words."""
        return bucket.reason(error)


def files_at(place: ResultsLocation) -> Files:
    """The files of a place."""
    return Folder(place.folder) if place.bucket is None else Bucket(place.bucket)
