"""Made-up answers for the tests of accuracy."""

from __future__ import annotations

from typing import Any

from tasks.measure.accuracy.sample_row import SampleRow


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
