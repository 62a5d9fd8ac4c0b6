"""Lists, reads and writes the files of a store in a folder."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path, PurePath

import pyarrow as pa

from tasks.config.access import is_closed, is_full, system_text
from tasks.record.parquet_file import remove_leftover, write_atomically, write_bytes
from tasks.record.schemas import TABLES
from tasks.record.store_files import PROBE, Stamp, is_table_file
from tasks.record.store_lock import folder_lock

MEBIBYTE = 2**20


class FolderFiles:
    """Files in a folder of this machine or of a mounted disk."""

    linked = True

    def __init__(self, root: Path) -> None:
        self.root = root

    def check_writable(self) -> None:
        """Create the folder, write a small file and remove it; the tables' folders must be writable too."""
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(PROBE)
            probe.unlink()
        finally:
            remove_leftover(probe)
        for folder in (self.root / table for table in TABLES):
            if is_closed(folder):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

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
        return [folder / name for name in names if name.startswith(prefix) and is_table_file(name)]

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

    def part(self, file: PurePath, run_id: str) -> list[Path]:
        """The file: polars skips by its statistics what belongs to other runs."""
        return [Path(file)]

    def sources(self, files: Sequence[PurePath]) -> list[Path]:
        """The paths of the files."""
        return [Path(file) for file in files]

    def error_text(self, error: OSError) -> str:
        """The system's message; where the disk is full, how much space is free too."""
        if not is_full(error):
            return system_text(error)
        try:
            free = f"{shutil.disk_usage(self.root).free / MEBIBYTE:,.0f} MiB free"
        except OSError:
            free = "free space unknown"
        return f"{error.strerror or error} ({free})"
