"""What a store needs from a folder or a bucket, and how its files are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PurePath
from typing import IO, NamedTuple, Protocol

import pyarrow as pa

PROBE = b"servegauge"
ENDING = ".parquet"
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def file_name_part(text: str) -> str:
    """Return a run's id or a stage as it stands in a file's name."""
    return _NOT_IN_FILE_NAMES.sub("-", text)


def is_table_file(name: str) -> bool:
    """Return whether a file is of a table. Hidden ones are being written, or a killed writer left them."""
    return name.endswith(ENDING) and not name.startswith(".")


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

    def part(self, file: PurePath, run_id: str) -> list[Path] | list[IO[bytes]]:
        """What polars reads one run's rows of a large file from; rows of other runs may be there too."""

    def sources(self, files: Sequence[PurePath]) -> list[Path] | list[IO[bytes]]:
        """What polars and pyarrow read the files from."""

    def error_text(self, error: OSError) -> str:
        """Why reading or writing failed, in one line."""
