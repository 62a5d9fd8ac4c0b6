"""The fields that a line of each benchmark's local file must have. Benchmarks not listed read their own.

EvalScope reads these fields of each record; a missing one would end the evaluation, or change a question.
"""

from __future__ import annotations

_MATH = ("problem", "answer")
_CHINESE_CHOICE = ("question", "A", "B", "C", "D", "answer")
QUESTION_FIELDS: dict[str, tuple[str, ...]] = {
    "aime24": _MATH,
    "aime25": _MATH,
    "aime26": _MATH,
    "amc": _MATH,
    "hmmt25": _MATH,
    "hmmt26": _MATH,
    "hmmt_nov25": _MATH,
    "math_500": (*_MATH, "level", "unique_id", "solution"),
    "gsm8k": ("question", "answer"),
    "gpqa_diamond": (
        "Question",
        "Correct Answer",
        "Incorrect Answer 1",
        "Incorrect Answer 2",
        "Incorrect Answer 3",
    ),
    "mmlu": ("question", "choices", "answer", "subject"),
    "mmlu_pro": ("question", "options", "answer", "category", "cot_content", "question_id"),
    "arc": ("question", "choices", "answerKey"),
    "hellaswag": ("ctx_a", "ctx_b", "endings", "label"),
    "ceval": _CHINESE_CHOICE,
    "cmmlu": ("question", "choices", "answer", "category"),
    "bbh": ("input", "target"),
    "drop": ("passage", "question", "answer", "validated_answers"),
    "ifeval": ("key", "prompt", "instruction_id_list", "kwargs"),
    "simple_qa": (*_MATH, "metadata"),
    "humaneval": ("task_id", "prompt", "entry_point", "test", "canonical_solution"),
}
TEXT_ANSWERS = frozenset(
    {"aime24", "aime25", "aime26", "amc", "hmmt25", "hmmt26", "hmmt_nov25", "math_500", "gsm8k"}
)
"""Benchmarks whose `answer` EvalScope needs as text; a file may hold a number."""
