"""A doubtful figure is marked in the artifacts with tables and in the lines of a run."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from flows.run.measure_sweeps import show_doubt
from flows.ui import console, figure_artifacts
from tests.record import made_up
from tests.report.made_up import INVALID, SUSPECT, all_suspect


def test_every_row_of_every_speed_table_says_suspect(monkeypatch: pytest.MonkeyPatch) -> None:
    created: dict[str, list[dict[str, str]]] = {}

    def create(*, key: str, table: list[dict[str, str]], description: str) -> UUID:
        created[key] = table
        return uuid4()

    monkeypatch.setattr(figure_artifacts, "create_table_artifact", create)
    figure_artifacts.create_figure_artifacts(all_suspect())
    speed = {key: table for key, table in created.items() if key != "accuracy"}
    assert set(speed) >= {
        "speed-throughput",
        "speed-throughput-objectives",
        "speed-twice-repeats",
        "saturation",
    }
    for key, table in speed.items():
        assert {row["Verdict"] for row in table} == {"suspect"}, key


def test_the_line_of_a_suspect_point_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[Any] = []
    monkeypatch.setattr(console, "stage", lambda *line: lines.append(line))
    for verdict in (None, INVALID, SUSPECT):
        show_doubt("chat c4", made_up.recorded(made_up.point(), verdict=verdict))
    assert lines == [("sweep", "chat c4 is suspect: late, made up", "yellow")]
