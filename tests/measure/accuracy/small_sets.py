"""Small local question sets of several kinds, in the forms that EvalScope reads, and answers to them.

Each set has six questions, marked [000] to [005]; the answers to the first four are right.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

SIZE, RIGHT = 6, 4
Record = dict[str, Any]


class SmallSet(NamedTuple):
    """A benchmark, the file of its questions, a question, and an answer to it that is right or wrong."""

    dataset: str
    file: str
    question: Callable[[int], Record]
    answer: Callable[[int, bool], str]

    def write(self, folder: Path) -> None:
        """Write the questions into a new folder."""
        folder.mkdir(parents=True)
        lines = [json.dumps(self.question(number), ensure_ascii=False) + "\n" for number in range(SIZE)]
        (folder / self.file).write_text("".join(lines), encoding="utf-8")

    def answers(self) -> list[dict[str, str]]:
        """The stub's answers."""
        return [
            {"contains": mark(number), "answer": self.answer(number, number < RIGHT)}
            for number in range(SIZE)
        ]


def mark(number: int) -> str:
    """The text by which the stub tells a question."""
    return f"[{number:03d}]"


def letter(number: int) -> str:
    """The right choice of a question."""
    return "ABCD"[number % 4]


def _choice(number: int, right: bool) -> str:
    return f"ANSWER: {letter(number if right else number + 1)}"


def _integer(number: int) -> Record:
    return {"problem": f"{mark(number)} Add {number} to 100.", "answer": number + 100}


def _word_problem(number: int) -> Record:
    return {
        "question": f"{mark(number)} {number} birds come to 100.",
        "answer": f"100+{number}\n#### {number + 100}",
    }


def _mmlu(number: int) -> Record:
    return {
        "question": f"{mark(number)} Which one?",
        "choices": ["one", "two", "three", "four"],
        "answer": number % 4,
        "subject": ("anatomy", "astronomy")[number % 2],
    }


def _passage(number: int) -> Record:
    answer = {"number": str(number + 100), "date": {"day": "", "month": "", "year": ""}, "spans": []}
    return {
        "passage": f"{mark(number)} A team scored {number + 100} points.",
        "question": "How many points?",
        "answer": answer,
        "validated_answers": {"number": [], "date": [], "spans": []},
    }


def _task(number: int) -> Record:
    return {"input": f"{mark(number)} Is ( balanced?", "target": "True"}


def _instruction(number: int) -> Record:
    return {
        "key": number,
        "prompt": f"{mark(number)} Write without any comma.",
        "instruction_id_list": ["punctuation:no_comma"],
        "kwargs": [{}],
    }


def _chinese(number: int) -> Record:
    return {
        "id": number,
        "question": f"{mark(number)} 哪一个正确？",
        **dict(zip("ABCD", ("甲", "乙", "丙", "丁"), strict=True)),
        "answer": letter(number),
    }


def _program(number: int) -> Record:
    return {
        "task_id": f"Small/{number}",
        "prompt": f'def f{number}():\n    """{mark(number)} Return {number}."""\n',
        "entry_point": f"f{number}",
        "canonical_solution": f"    return {number}\n",
        "test": f"def check(f):\n    assert f() == {number}\n",
    }


def _fact(number: int) -> Record:
    return {"problem": f"{mark(number)} Who came first?", "answer": f"Person {number}", "metadata": "{}"}


SETS = {
    "integer": SmallSet(
        "aime24", "test.jsonl", _integer, lambda n, right: rf"It is \boxed{{{n + (100 if right else 500)}}}"
    ),
    "word problem": SmallSet(
        "gsm8k", "test.jsonl", _word_problem, lambda n, right: rf"\boxed{{{n + (100 if right else 500)}}}"
    ),
    "choice": SmallSet("mmlu", "test.jsonl", _mmlu, _choice),
    "exact match": SmallSet(
        "drop", "validation.jsonl", _passage, lambda n, right: f"Answer: {n + (100 if right else 500)}"
    ),
    "free form": SmallSet(
        "bbh", "boolean_expressions.jsonl", _task, lambda n, right: f"So the answer is {right}."
    ),
    "instruction": SmallSet(
        "ifeval", "train.jsonl", _instruction, lambda n, right: "No such mark here" if right else "Well, no"
    ),
    "Chinese": SmallSet(
        "ceval", "computer_network.jsonl", _chinese, lambda n, right: f"答案：{letter(n if right else n + 1)}"
    ),
}
"""One set of each kind."""
CODE = SmallSet("humaneval", "test.jsonl", _program, lambda n, right: f"    return {n if right else n + 500}")
"""A benchmark that runs code from the answers."""
JUDGED = SmallSet("simple_qa", "test.jsonl", _fact, lambda n, right: f"Person {n if right else n + 500}.")
"""A benchmark whose answers a model judges."""


def verdicts(small: SmallSet) -> list[dict[str, str]]:
    """What the stub answers as the judge of that benchmark."""
    found = []
    for number in range(SIZE):
        right = number < RIGHT
        verdict = json.dumps({"reasoning": "compared", "verdict": "A" if right else "B"})
        found.append({"contains": f"Predicted answer: {small.answer(number, right)}", "answer": verdict})
    return found
