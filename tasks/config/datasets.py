"""The datasets for accuracy: EvalScope's text benchmarks, by name."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field

from tasks.config.base import Frozen
from tasks.config.benchmark_catalog import Kind, benchmark_names, find_benchmark
from tasks.config.question_fields import QUESTION_FIELDS, TEXT_ANSWERS
from tasks.config.refusal import refuse
from tasks.text import did_you_mean

WHOLE = "default"
"""The subset name of all questions if a question set is not divided into subsets."""


class Subset(Frozen):
    """Consecutive questions of a dataset that are scored separately."""

    name: str
    questions: int = Field(ge=1)


class Dataset(Frozen):
    """One dataset that EvalScope can fetch from the hub, send and score.

    Attributes:
        name: the dataset's name in specs, in tables and in EvalScope's registry.
        description: what the dataset is.
        hub_subsets: EvalScope's subsets, with the number of questions on the hub; 0 where it is not known.
        subsets: parts of a dataset with one subset that are scored separately, in the order of the questions.
        metric: the name of the score in tables.
        kind: what an answer is. The second grader judges numbers and choices.
        adapter: the EvalScope module that registers the dataset.
        eval_split: the split with the questions, and the name of the file in a local folder.
        train_split: the split with few-shot examples; empty if there is none.
        few_shot: the examples in each prompt by default.
        needs_judge: whether a model judges the answers.
        runs_code: whether judging an answer runs code from it.
        fields: the fields that each line of a local file must have.
        text_answers: whether EvalScope needs `answer` as text.
    """

    name: str
    description: str
    hub_subsets: dict[str, int]
    subsets: tuple[Subset, ...] = ()
    metric: str = "AveragePass@1"
    kind: Kind = "number"
    adapter: str
    eval_split: str = "test"
    train_split: str = ""
    few_shot: int = 0
    needs_judge: bool = False
    runs_code: bool = False
    fields: tuple[str, ...] = ()
    text_answers: bool = False

    @property
    def file(self) -> str:
        """The name of the file in a local folder that holds all questions."""
        return f"{self.eval_split}.jsonl"

    @property
    def line_form(self) -> str:
        """The form of a line of the dataset's file, for messages."""
        return "{" + ", ".join(f'"{name}": …' for name in self.fields) + "}"

    def subset_of(self, number: int, questions: int) -> str:
        """Return the name of the subset that a question belongs to.

        Return WHOLE if the set does not have the dataset's full size, because then a question's position
        does not determine its subset.

        Args:
            number: the question's position, from 0.
            questions: the number of questions in the set.
        """
        names: list[str] = []
        for subset in self.subsets:
            names += [subset.name] * subset.questions
        return names[number] if questions == len(names) else WHOLE


EXAMS = {"aime25": (Subset(name="AIME2025-I", questions=15), Subset(name="AIME2025-II", questions=15))}
"""Datasets whose questions come from several exams, in the order of the questions."""
AIME25 = "aime25"
"""The dataset of a question set that names none."""


@cache
def find_dataset(name: str) -> Dataset | None:
    """Return a dataset by its name; None if EvalScope has no benchmark of this name."""
    benchmark = find_benchmark(name)
    if benchmark is None:
        return None
    return Dataset(
        name=name,
        description=benchmark.title,
        hub_subsets=benchmark.subsets,
        subsets=EXAMS.get(name, ()),
        metric="AveragePass@1" if name.startswith("aime") else benchmark.metric,
        kind=benchmark.kind,
        adapter=benchmark.adapter,
        eval_split=benchmark.eval_split,
        train_split=benchmark.train_split,
        few_shot=benchmark.few_shot,
        needs_judge=benchmark.needs_judge,
        runs_code=benchmark.runs_code,
        fields=QUESTION_FIELDS.get(name, ()),
        text_answers=name in TEXT_ANSWERS,
    )


def _check_name(name: str) -> str:
    benchmark = find_benchmark(name)
    if benchmark is None:
        hint = did_you_mean(name.lower(), benchmark_names())
        raise refuse(f"{name!r} is no dataset", f"{hint}docs/accuracy.md lists EvalScope's text benchmarks")
    if benchmark.unsupported:
        raise refuse(f"{name!r} cannot be asked: {benchmark.unsupported}", "choose another dataset")
    return name


DatasetName = Annotated[
    str,
    AfterValidator(_check_name),
    Field(examples=["aime25", "gpqa_diamond", "math_500", "mmlu_pro", "gsm8k", "ifeval", "ceval"]),
]
"""The name of one of EvalScope's text benchmarks."""
