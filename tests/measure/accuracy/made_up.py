"""Made-up answers, and a second dataset, for the tests of accuracy."""

from __future__ import annotations

from typing import Any

from tasks.config.datasets import Dataset
from tasks.measure.accuracy.sample_row import SampleRow

GSM8K = Dataset(
    name="gsm8k",
    description="1,319 word problems of grade school mathematics",
    hub_questions=1319,
    adapter="evalscope.benchmarks.gsm8k.gsm8k_adapter",
    evalscope_args={"few_shot_num": 0},
    question_field="question",
)
"""A row that DATASETS does not hold: with it tests show what adding a dataset takes."""


def sample(
    question: int, correct: bool, repeat: int = 0, subset: str = "default", **fields: Any
) -> SampleRow:
    """One answer; other fields as keywords."""
    values: dict[str, Any] = {
        "target": "42",
        "answer": "42" if correct else "7",
        "response": "",
        "finish_reason": "stop",
        "input_tokens": 1,
        "output_tokens": 1,
        "latency_s": 1.0,
        "error": None,
    }
    return SampleRow(subset=subset, question=question, repeat=repeat, correct=correct, **(values | fields))
