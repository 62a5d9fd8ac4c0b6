"""The folder that EvalScope's command wrote about two small sets, asked of the stub; it is shortened.

gsm8k: six questions, four answered rightly. mmlu: six questions asked twice, four answered rightly, the first
three of them `astronomy`, which the report lists after `anatomy`.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.measure.accuracy.intervals import wilson
from tasks.measure.accuracy.scores import Score
from tests.exchange.test_readers import SCORES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder."""
    return shutil.copytree(SCORES["evalscope-eval"], tmp_path / "outputs")


def _report(folder: Path, name: str = "gsm8k") -> Path:
    return folder / "reports" / "stub" / f"{name}.json"


def _scores(run: ForeignRun) -> dict[tuple[str, str], Score]:
    return {(score.dataset, score.subset): score for each in run.accuracy for score in each.scores}


def _change(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def _metric(file: Path, **fields: Any) -> None:
    (metric,) = json.loads(file.read_text())["metrics"]
    _change(file, metrics=[metric | fields])


def test_a_folder_has_the_scores_of_all_its_benchmarks(folder: Path) -> None:
    run = read_foreign_run(folder)
    assert (run.tool, run.model, run.points, run.notes) == ("evalscope-eval", "stub", (), ())
    assert list(_scores(run)) == [
        ("gsm8k", "default"), ("mmlu", "anatomy"), ("mmlu", "astronomy"), ("mmlu", "OVERALL"),
    ]  # fmt: skip
    assert {score.value for score in _scores(run).values()} == {0.6667}
    assert {score.metric for score in _scores(run).values()} == {"accuracy"}


def test_one_report_is_one_benchmark(folder: Path) -> None:
    assert list(_scores(read_foreign_run(_report(folder)))) == [("gsm8k", "default")]
    assert len(_scores(read_foreign_run(folder / "reports" / "stub"))) == 4


def test_the_answers_give_the_interval_and_what_was_cut_off(folder: Path) -> None:
    score = _scores(read_foreign_run(folder))[("gsm8k", "default")]
    assert (score.ci_low, score.ci_high) == wilson(4 / 6, 6)
    assert (score.questions, score.repeats, score.failed, score.truncated) == (6, 1, 0, 0)


def test_a_report_alone_has_no_interval(folder: Path) -> None:
    shutil.rmtree(folder / "reviews")
    run = read_foreign_run(_report(folder))
    score = _scores(run)[("gsm8k", "default")]
    assert (score.value, score.questions) == (0.6667, 6)
    assert (score.ci_low, score.ci_high, score.truncated) == (None, None, None)
    assert run.accuracy[0].samples == ()


@pytest.mark.parametrize(("score", "num"), [(0.8333, 6), (0.6667, 9)])
def test_answers_that_are_not_those_of_the_score_are_left_out(folder: Path, score: float, num: int) -> None:
    _metric(_report(folder), categories=[{"subsets": [{"name": "main", "score": score, "num": num}]}])
    run = read_foreign_run(_report(folder))
    (found,) = _scores(run).values()
    assert (found.value, found.ci_low, found.truncated, found.questions) == (score, None, None, num)
    assert run.accuracy[0].samples == ()
    assert run.notes == ("gsm8k: the answers beside the report are not those of its score, and are left out",)


@pytest.mark.parametrize("main", [None, "acc"])
def test_a_review_may_call_the_score_otherwise_than_the_report(folder: Path, main: str | None) -> None:
    reviews = folder / "reviews" / "stub" / "gsm8k_main.jsonl"
    lines = [json.loads(line) for line in reviews.read_text().splitlines()]
    for line in lines:
        score = line["sample_score"]["score"]
        score |= {"value": {"acc": score["value"]["accuracy"], "other": 0.0}, "main_score_name": main}
    reviews.write_text("\n".join(map(json.dumps, lines)))
    samples = read_foreign_run(_report(folder)).accuracy[0].samples
    assert [row.score for row in samples] == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def test_an_answer_has_what_reviews_and_predictions_say(folder: Path) -> None:
    samples = read_foreign_run(_report(folder)).accuracy[0].samples
    assert [(row.question, row.target, row.correct) for row in samples] == [
        (0, "100", True), (1, "101", True), (2, "102", True), (3, "103", True),
        (4, "104", False), (5, "105", False),
    ]  # fmt: skip
    fourth = samples[3]
    assert fourth.prompt == "[003] 3 birds come to 100."
    assert (fourth.answer, fourth.response, fourth.finish_reason) == ("103", "\\boxed{103}", "stop")
    assert (fourth.input_tokens, fourth.output_tokens, fourth.score) == (18, 1, 1.0)


def test_questions_are_numbered_in_the_order_of_the_benchmark_and_not_of_the_report(folder: Path) -> None:
    samples = read_foreign_run(_report(folder, "mmlu")).accuracy[0].samples
    found = {(row.question, row.subset, row.target) for row in samples}
    assert found == {
        (0, "astronomy", "B"), (1, "astronomy", "D"), (2, "astronomy", "B"),
        (3, "anatomy", "A"), (4, "anatomy", "C"), (5, "anatomy", "A"),
    }  # fmt: skip
    assert [row.repeat for row in samples if row.question == 3] == [0, 1]
    assert _scores(read_foreign_run(folder))[("mmlu", "OVERALL")].repeats == 2


def test_a_line_written_twice_counts_once(folder: Path) -> None:
    reviews = folder / "reviews" / "stub" / "gsm8k_main.jsonl"
    reviews.write_text(reviews.read_text() * 2)
    assert len(read_foreign_run(_report(folder)).accuracy[0].samples) == 6


def test_an_answer_that_was_not_judged_does_not_count(folder: Path) -> None:
    reviews = folder / "reviews" / "stub" / "gsm8k_main.jsonl"
    lines = [json.loads(line) for line in reviews.read_text().splitlines()]
    lines[0]["sample_score"]["score"] |= {"value": {}, "status": "judge_error"}
    reviews.write_text("\n".join(map(json.dumps, lines)))
    assert lines[0]["index"] == 3  # which was right
    _metric(_report(folder), categories=[{"subsets": [{"name": "main", "score": 0.6, "num": 5}]}])
    samples = read_foreign_run(_report(folder)).accuracy[0].samples
    assert [row.question for row in samples] == [0, 1, 2, 4, 5]


def test_a_cut_off_answer_has_the_finish_reason_of_openai(folder: Path) -> None:
    predictions = folder / "predictions" / "stub" / "gsm8k_main.jsonl"
    predictions.write_text(predictions.read_text().replace('"stop"', '"max_tokens"', 1))
    assert _scores(read_foreign_run(_report(folder)))[("gsm8k", "default")].truncated == 1


def test_answers_that_are_missing_are_named(folder: Path) -> None:
    counts = {"subsets": {"main": {"requested": 8, "succeeded": 6, "errored": 2}}}
    _change(_report(folder), execution_summary=counts)
    assert _scores(read_foreign_run(folder))[("gsm8k", "default")].failed == 2


def test_a_report_without_counts_says_so_and_the_order_of_its_subsets_is_not_guessed(folder: Path) -> None:
    _change(_report(folder, "mmlu"), execution_summary=None)
    run = read_foreign_run(_report(folder, "mmlu"))
    assert run.notes == ("its report does not say how many answers failed",)
    assert run.accuracy[0].samples == ()


def test_the_exams_of_aime_get_the_names_that_a_run_of_ours_gives_them(folder: Path) -> None:
    report = _report(folder)
    subset = {"name": "default", "score": 0.4, "num": 30}
    _metric(report, score=0.4, categories=[{"subsets": [subset]}])
    counts = {"subsets": {"default": {"requested": 30, "succeeded": 30}}}
    _change(report, dataset_name="aime25", execution_summary=counts)
    assert list(_scores(read_foreign_run(report))) == [("aime25", "OVERALL")]
    assert _scores(read_foreign_run(report))[("aime25", "OVERALL")].metric == "AveragePass@1"


def test_another_aggregation_is_another_metric(folder: Path) -> None:
    identity = {"name": "accuracy", "aggregation": "pass_at_k", "dimensions": {"k": 2}}
    _metric(_report(folder), identity=identity)
    _change(_report(folder), primary_metric_identity=identity)
    assert _scores(read_foreign_run(folder))[("gsm8k", "default")].metric == "accuracy pass_at_k"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"schema_version": 1}, "has form 1 of EvalScope's reports, and 2 is read"),
        ({"primary_metric_identity": None}, "names no main score"),
        ({"metrics": "none"}, "holds no score"),
        ({"metrics": [], "primary_metric_identity": None}, "holds no score: no answer was judged"),
        ({"execution_summary": {"subsets": {"main": {"requested": "six"}}}}, "'requested' is no count"),
    ],
)
def test_an_odd_report_is_wrong_input(folder: Path, fields: dict[str, Any], message: str) -> None:
    _change(_report(folder), **fields)
    with pytest.raises(InputError, match=message):
        read_foreign_run(folder)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"semantics": {"direction": "lower_is_better"}}, "of which less is better"),
        ({"categories": []}, "holds no score"),
        (
            {"categories": [{"subsets": [{"name": "main", "score": 7.5, "num": 6}]}]},
            "not between 0 and 1: 7.5",
        ),
        ({"categories": [{"subsets": [{"name": "main", "score": 0.5}]}]}, "'num' is no count"),
    ],
)
def test_an_odd_metric_is_wrong_input(folder: Path, fields: dict[str, Any], message: str) -> None:
    _metric(_report(folder), **fields)
    with pytest.raises(InputError, match=message):
        read_foreign_run(folder)


def test_two_models_are_two_runs(folder: Path) -> None:
    _change(_report(folder), model_name="another")
    with pytest.raises(InputError, match="holds runs of another and stub"):
        read_foreign_run(folder)
