"""The index of compacted files: the runs in each, and the runs that are being removed.

A compacted file holds the rows of many runs of one table, sorted by run and stage, so that the statistics of
its row groups tell a reader what to skip. `FILE_COLUMN` names the file that each row was in before. One index
names the compacted files of all tables. A compaction or a removal happens when the index is replaced, at once
for every reader. Where a file of a single stage is there too, its rows count, and not the compacted ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePath

import pyarrow as pa
from pydantic import ValidationError

from tasks.config.base import Frozen
from tasks.errors import RecordError
from tasks.record.schemas import SCHEMAS, TABLES, TableName
from tasks.record.store_files import StoreFiles, file_name_part

INDEX = "compacted.json"
PREFIX = "compacted-"
FILE_COLUMN = "file"
VERSION = 1


class Batch(Frozen):
    """Runs whose rows are together: in one file, `TABLE/compacted-ID.parquet`, of each of `tables`."""

    id: str
    runs: tuple[str, ...]
    tables: tuple[TableName, ...]

    def paths(self, root: PurePath) -> list[PurePath]:
        """The batch's files."""
        return [compacted_path(root, table, self.id) for table in self.tables]


class Index(Frozen):
    """What is compacted. `removed`: runs whose files are being deleted, and are read no more."""

    version: int = VERSION
    batches: tuple[Batch, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def runs(self) -> frozenset[str]:
        """The ids of the runs that lie in a compacted file."""
        return frozenset(run_id for batch in self.batches for run_id in batch.runs)


def compacted_path(root: PurePath, table: TableName, batch_id: str) -> PurePath:
    """Return the path of a batch's file of one table."""
    return root / table / f"{PREFIX}{batch_id}.parquet"


def compacted_schema(table: TableName) -> pa.Schema:
    """Return the columns of a table's compacted files."""
    return SCHEMAS[table].append(pa.field(FILE_COLUMN, pa.string()))


def read_index(files: StoreFiles) -> Index:
    """Return the index; an empty one where nothing was ever compacted.

    Raises:
        OSError: the location cannot be read.
        RecordError: the index is damaged, or a later version wrote it.
    """
    path = files.root / INDEX
    content = files.get(path)
    if content is None:
        return Index()
    try:
        index = Index.model_validate_json(content)
    except ValidationError as error:
        remedy = f"update servegauge, or remove {path} after merging the runs that it names from a copy"
        raise RecordError(f"{path} cannot be read: {error.errors()[0]['msg']}", remedy) from None
    if index.version > VERSION:
        raise RecordError(f"{path} was written by a later version of servegauge", "update servegauge")
    return index


def write_index(files: StoreFiles, index: Index) -> None:
    """Replace the index, at once for all readers. Raises OSError."""
    files.put(files.root / INDEX, index.model_dump_json().encode())


def is_compacted(path: PurePath) -> bool:
    """Return whether a file has the name of a compacted one; the index says whether it is read."""
    return path.name.startswith(PREFIX) and "--" not in path.name


def of_runs(stems: Iterable[str], run_ids: Collection[str]) -> list[str]:
    """Return the names of files, without their ending, that begin as those of one of the runs do."""
    if not run_ids:
        return []
    names = {file_name_part(run_id) for run_id in run_ids}
    return [stem for stem in stems if any(start in names for start in possible_runs(stem))]


def possible_runs(stem: str) -> Iterable[str]:
    """Yield what precedes each pair of dashes in a file name: an id may have such a pair itself."""
    position = stem.find("--")
    while position >= 0:
        yield stem[:position]
        position = stem.find("--", position + 1)


def unnamed_files(files: StoreFiles, index: Index) -> list[PurePath]:
    """Return the compacted files that the index does not name: a killed process left them. Raises OSError."""
    named = {path for batch in index.batches for path in batch.paths(files.root)}
    return [path for path in all_files(files, TABLES) if is_compacted(path) and path not in named]


def all_files(files: StoreFiles, tables: Sequence[TableName]) -> list[PurePath]:
    """Return every file of some tables. Raises OSError."""
    return [path for table in tables for path in files.list_files(table)]
