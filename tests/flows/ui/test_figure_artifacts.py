"""The artifacts with tables: their titles, and which columns come first."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from flows.ui import figure_artifacts
from flows.ui.figure_artifacts import create_figure_artifacts, for_artifact
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, text_columns
from tests.record import made_up


def test_load_throughput_latencies_and_verdict_come_first_and_empty_columns_are_left_out() -> None:
    names = ("Conc.", "RPS", "Latency P99", "Output", "TTFT mean", "TPOT mean", "Verdict", "Source")
    rows = (("1", "2", "–", "3", "4", "5", "valid", "–"), ("4", "2", "–", "3", "–", "5", "suspect", "–"))
    table = for_artifact(Table(title="t", columns=text_columns(*names), rows=rows))
    assert [column.name for column in table.columns] == [
        "Conc.", "Output", "TTFT mean", "TPOT mean", "Verdict", "RPS",
    ]  # fmt: skip
    assert table.rows == (("1", "3", "4", "5", "valid", "2"), ("4", "3", "–", "5", "suspect", "2"))


def test_a_score_comes_behind_its_question_set() -> None:
    names = ("Model", "Question set", "Metric", "Score", "95 % CI")
    table = for_artifact(
        Table(title="t", columns=text_columns(*names), rows=(("m", "q", "p", "1", "0 – 1"),))
    )
    assert table.rows == (("q", "1", "0 – 1", "m", "p"),)


def test_each_table_has_a_title_and_a_key_that_a_person_looks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    created: dict[str, Any] = {}

    def create(*, key: str, table: Any, description: str) -> UUID:
        created[key] = description
        return uuid4()

    monkeypatch.setattr(figure_artifacts, "create_table_artifact", create)
    points, scores = (made_up.recorded(made_up.point()),), (made_up.accuracy(),)
    report = ReportInput(run=made_up.run(), points=points, accuracy=scores, results_path="results")
    links = create_figure_artifacts(report)
    assert created["speed-throughput"] == "Speed: throughput"
    assert created["accuracy"] == "Accuracy"
    assert [link.title for link in links] == list(created.values())
