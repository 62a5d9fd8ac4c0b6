"""From EvalScope's records to rows: each question and repeat has exactly one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.datasets import AIME25
from tasks.measure.accuracy.evalscope_rows import EvalScopeOutput, Question, read_jsonl, sample_rows

QUESTIONS = {4: Question(0, "first?", "1"), 7: Question(1, "second?", "2")}
"""Two questions, under the numbers by which EvalScope groups their repeats."""


def prediction(index: int, content: Any = "It is 1", **fields: Any) -> dict[str, Any]:
    """A record of `predictions/`."""
    choice = {"message": {"content": content}, "stop_reason": "stop"}
    output = {"choices": [choice], "usage": {"input_tokens": 5, "output_tokens": 3}, "time": 0.5}
    return {"index": index, "model_output": output | fields}


def review(index: int, group: int, value: dict[str, float], **fields: Any) -> dict[str, Any]:
    """A record of `reviews/`; further fields of its score as keywords."""
    score = {"extracted_prediction": "1", "value": value, "status": "success"} | fields
    return {"index": index, "sample_score": {"group_id": group, "generation_index": None, "score": score}}


def test_a_judged_answer_has_its_numbers() -> None:
    output = EvalScopeOutput([prediction(0)], [review(0, 4, {"acc": 1.0})], {})
    row = sample_rows(AIME25, QUESTIONS, 1, output)[0]
    assert (row.question, row.repeat, row.target, row.answer) == (0, 0, "1", "1")
    assert (row.correct, row.response, row.finish_reason, row.error) == (True, "It is 1", "stop", None)
    assert (row.input_tokens, row.output_tokens, row.latency_s) == (5, 3, 0.5)


def test_the_judgement_is_the_one_of_the_dataset() -> None:
    dataset = AIME25.model_copy(update={"judgement": "exact"})
    output = EvalScopeOutput([prediction(0)], [review(0, 4, {"acc": 1.0, "exact": 0.0})], {})
    assert [row.correct for row in sample_rows(dataset, QUESTIONS, 1, output)] == [False, False]
    assert sample_rows(AIME25, QUESTIONS, 1, output)[0].correct


def test_what_evalscope_could_not_judge_is_an_error() -> None:
    output = EvalScopeOutput([prediction(0)], [review(0, 4, {}, status="excluded")], {})
    row = sample_rows(AIME25, QUESTIONS, 1, output)[0]
    assert (row.correct, row.error) == (False, "the answer could not be judged")


def test_failed_requests_get_their_errors_in_order() -> None:
    output = EvalScopeOutput([], [], {"first?": ["HTTP 500", "timed out"]})
    rows = sample_rows(AIME25, QUESTIONS, 2, output)
    assert [(row.question, row.repeat, row.error) for row in rows] == [
        (0, 0, "HTTP 500"),
        (0, 1, "timed out"),
        (1, 0, "no answer was recorded"),
        (1, 1, "no answer was recorded"),
    ]
    assert not any(row.correct for row in rows)


def test_reasoning_comes_before_the_answer() -> None:
    parts = [{"reasoning": "I think"}, {"text": ""}, {"text": "It is 1"}, "no part"]
    output = EvalScopeOutput([prediction(0, parts)], [review(0, 4, {"acc": 1.0})], {})
    assert sample_rows(AIME25, QUESTIONS, 1, output)[0].response == "I think\n\nIt is 1"


def test_finish_reasons_are_those_of_openai() -> None:
    cut = [{"message": {"content": "It"}, "stop_reason": "max_tokens"}]
    output = EvalScopeOutput([prediction(0, choices=cut)], [review(0, 4, {"acc": 0.0})], {})
    assert sample_rows(AIME25, QUESTIONS, 1, output)[0].finish_reason == "length"


def test_records_of_all_files_are_read(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows.jsonl").write_text(f'{{"from": "{name}"}}\n\n')
    assert read_jsonl(tmp_path) == [{"from": "a"}, {"from": "b"}]
