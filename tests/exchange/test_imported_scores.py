"""Scores of EvalScope's command in the tables, in the report, and beside scores of ours."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.config.results_location import ResultsLocation
from tasks.exchange.import_run import import_file
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.record.read_run import recorded_accuracy, recorded_run
from tasks.record.results import RecordedAccuracy, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_run
from tasks.report.charts.change_charts import score_change_charts
from tasks.report.charts.score_chart import score_charts
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.judged_runs import load_runs
from tasks.report.comparison.regressions import regressions
from tasks.report.page.chinese import in_chinese
from tasks.report.page.html import render_page
from tasks.report.page.samples_page import write_samples_page
from tasks.report.page.tiles import tiles
from tasks.report.read_report import read_report
from tasks.report.report_input import ReportInput
from tasks.report.run_summary import manifest_pairs
from tasks.report.table import Table
from tasks.report.tables.score_table import score_table
from tests.exchange.test_readers import SCORES
from tests.record import made_up
from tests.report.comparison.compared_runs import titled

FOLDER = SCORES["evalscope-eval"]
GSM8K = "reports/stub/gsm8k.json"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(ResultsLocation(folder=tmp_path / "results"))


@pytest.fixture
def imported(store: Store) -> RunRecord:
    """gsm8k with its answers: four of six are right."""
    return import_file(FOLDER / GSM8K, "throughput", store)


@pytest.fixture
def report_alone(store: Store, tmp_path: Path) -> RunRecord:
    """gsm8k without its answers."""
    file = tmp_path / "gsm8k.json"
    shutil.copy(FOLDER / GSM8K, file)
    return import_file(file, "throughput", store)


def _own(store: Store, right: int, first: int = 0) -> RunRecord:
    """Record a run of ours: the same questions, numbered from `first`; the first of them are right."""
    (known,) = read_foreign_run(FOLDER / GSM8K).accuracy
    own = made_up.run("own")
    score = known.scores[0].model_copy(update={"value": right / 6})
    rows = [
        replace(row, question=first + row.question, correct=row.question < right, score=None)
        for row in known.samples
    ]
    record_run(store, own)
    record_accuracy(store, own.run_id, RecordedAccuracy(scores=(score,), run_id=own.run_id), rows)
    return own


def _report(store: Store, run: RunRecord) -> ReportInput:
    return read_report(store, run.run_id, single_requests=False)


def _side_by_side(store: Store, *runs: RunRecord) -> Table:
    tables = comparison_tables(load_runs([run.run_id for run in runs], store.location))
    return titled(tables, "Accuracy side by side")


def test_a_folder_becomes_one_run_with_all_its_scores(store: Store) -> None:
    run = import_file(FOLDER, "throughput", store)
    assert (run.manifest.source, run.spec, run.sweeps) == ("evalscope-eval", "evalscope-eval", ())
    assert recorded_run(store, run.run_id) == run
    scores = [score for each in recorded_accuracy(store, run) for score in each.scores]
    assert [(score.dataset, score.subset) for score in scores] == [
        ("gsm8k", "default"), ("mmlu", "anatomy"), ("mmlu", "astronomy"), ("mmlu", "OVERALL"),
    ]  # fmt: skip
    assert len(store.read("samples", run.run_id)) == 6 + 12
    assert import_file(FOLDER, "throughput", store).run_id == run.run_id


def test_the_table_of_the_scores_names_the_tool(store: Store, imported: RunRecord) -> None:
    table = score_table(_report(store, imported))
    assert table is not None
    assert table.rows == (
        (
            "stub",
            "gsm8k",
            "accuracy",
            "6",
            "0.667",
            "0.300 – 0.903",
            "0",
            "0",
            "imported from EvalScope eval",
        ),
    )
    note = "imported: no check of servegauge confirms these scores, and failed answers may not count"
    assert table.footnotes == (note,)


def test_what_a_report_alone_does_not_say_is_a_dash(store: Store, report_alone: RunRecord) -> None:
    table = score_table(_report(store, report_alone))
    assert table is not None
    assert table.rows[0][4:8] == ("0.667", "–", "0", "–")
    (tile,) = tiles(_report(store, report_alone))
    assert (tile.figure, tile.caption) == ("0.667", "imported from EvalScope eval")


def test_tile_chart_and_settings_name_the_tool(store: Store, imported: RunRecord) -> None:
    report = _report(store, imported)
    (tile,), (chart,) = tiles(report), score_charts(report)
    assert tile.caption == "95 % CI 0.300 – 0.903; imported from EvalScope eval"
    assert chart.note == "imported from EvalScope eval"
    assert ("Imported from", "EvalScope eval (evalscope-eval)") in manifest_pairs(report)


@pytest.mark.parametrize("which", ["imported", "report_alone"])
def test_page_and_page_of_answers_are_made(
    store: Store, which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    run: RunRecord = request.getfixturevalue(which)
    report = _report(store, run)
    assert "imported from EvalScope eval" in render_page(report)
    samples = write_samples_page(store, report, tmp_path / "report.html")
    assert (samples is None) == (which == "report_alone")
    if samples:
        assert ", imported from EvalScope eval" in samples.read_text()


def test_scores_are_compared_question_by_question(store: Store, imported: RunRecord) -> None:
    table = _side_by_side(store, _own(store, right=2), imported)
    assert table.rows == (("gsm8k", "accuracy", "0.333", "0.667 (+0.333 ± 0.542 ≈) ?"),)
    assert table.footnotes[0] == (
        "?: scores of B are imported from EvalScope eval, and no check of servegauge confirms them"
    )
    assert "gsm8k: B against A over 6 questions, McNemar's p = 0.500" in table.footnotes


def test_answers_to_other_questions_have_no_difference(store: Store, imported: RunRecord) -> None:
    table = _side_by_side(store, _own(store, right=2, first=100), imported)
    assert table.rows == (("gsm8k", "accuracy", "0.333", "0.667 ?"),)
    assert any("B was asked another set of this name" in note for note in table.footnotes)


def test_without_answers_the_difference_is_plain_and_says_so(store: Store, report_alone: RunRecord) -> None:
    own = _own(store, right=3)
    table = _side_by_side(store, own, report_alone)
    assert table.rows == (("gsm8k", "accuracy", "0.500", "0.667 (+0.167) ?"),)
    assert (
        "no ± at a score: a run has no answers, so the scores are not compared question by question"
        in table.footnotes
    )
    runs = load_runs([report_alone.run_id, own.run_id], store.location)
    assert regressions(runs, 10) == ("B: gsm8k: -0.167",)
    assert regressions(runs, 20) == ()


def test_the_definitions_of_a_score_are_named(store: Store, imported: RunRecord) -> None:
    runs = load_runs([_own(store, right=4).run_id, imported.run_id], store.location)
    table = titled(comparison_tables(runs), "Definitions that differ")
    higher = "EvalScope eval is higher for that reason alone"
    assert table.rows == (("score", "A – B", higher), ("missing answers", "A – B", higher))


def test_the_chart_of_changes_marks_what_is_imported(store: Store, imported: RunRecord) -> None:
    own = _own(store, right=2)
    (chart,) = score_change_charts(load_runs([own.run_id, imported.run_id], store.location))
    assert [row["verdict"] for row in chart.rows] == ["suspect"]
    assert [
        row["verdict"] for row in score_change_charts(load_runs([own.run_id] * 2, store.location))[0].rows
    ] == ["valid"]


def test_what_the_report_does_not_say_is_a_warning_of_the_run(store: Store, tmp_path: Path) -> None:
    content = json.loads((FOLDER / GSM8K).read_text()) | {"execution_summary": None}
    file = tmp_path / "gsm8k.json"
    file.write_text(json.dumps(content))
    run = import_file(file, "throughput", store)
    assert recorded_run(store, run.run_id).warnings == ("its report does not say how many answers failed",)


def test_what_the_page_says_about_imported_scores_is_translated(store: Store, imported: RunRecord) -> None:
    report, own = _report(store, imported), _own(store, right=2)
    table, compared = score_table(report), _side_by_side(store, own, imported)
    assert table is not None
    texts = [tiles(report)[0].caption, score_charts(report)[0].note, *table.footnotes, compared.footnotes[0]]
    assert [text for text in texts if in_chinese(text) is None] == []
