"""The formats of tables that a spec names: lengths and traces."""

from __future__ import annotations

from tasks.config.refusal import refuse

TABLE_FILES = (".parquet", ".jsonl", ".csv")
"""The formats, by the end of the file's name."""


def check_table(path: str, noun: str) -> str:
    """Return the path. Raise a refusal, which calls it no `noun`, if its format is another one."""
    if not path.endswith(TABLE_FILES):
        raise refuse(f"{path!r} is not a {noun}", f"it must end in {', '.join(TABLE_FILES)}")
    return path
