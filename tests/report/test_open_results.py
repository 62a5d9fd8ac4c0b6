"""Opening results: a hint where many runs lie in files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.record.compact import compact
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tasks.report import open_results as opening
from tests.record import made_up


def test_many_files_are_mentioned_until_they_are_compacted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MANY_FILES", 2)
    said: list[str] = []
    for number in range(3):
        record_run(Store(tmp_path), made_up.run(f"run-{number}"))
    opening.open_results(str(tmp_path), said.append)
    assert said == ["3 runs lie in files of their own; `servegauge compact` makes reading them quick"]
    compact(Store(tmp_path))
    opening.open_results(str(tmp_path), said.append)
    assert len(said) == 1
