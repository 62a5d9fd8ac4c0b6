"""What `evalscope perf` writes where it paces a closed loop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS


def changed(folder: Path, **fields: Any) -> Path:
    """A copy of the folder with other fields in the summary."""
    copy = shutil.copytree(PATHS["evalscope"], folder / "load")
    summary = copy / "benchmark_summary.json"
    summary.write_text(json.dumps(json.loads(summary.read_text()) | fields))
    return copy


def test_a_closed_loop_with_a_rate_is_neither_a_closed_nor_an_open_loop(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at most 4"):
        read_foreign_run(changed(tmp_path, **{"Concurrency": 4, "Request Rate (req/s)": 10.0}))


def test_an_open_loop_has_no_limit(tmp_path: Path) -> None:
    (point,) = read_foreign_run(changed(tmp_path, **{"Concurrency": -1, "Request Rate (req/s)": 10.0})).points
    assert point.load.label == "rate10"
