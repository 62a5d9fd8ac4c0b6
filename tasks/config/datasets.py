"""The datasets for accuracy (DATASETS), and the check of the dataset name in a spec."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tasks.config.base import Frozen
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

    The dataset must have one subset on the hub: EvalScope numbers the questions of each subset from 0.

    Attributes:
        name: the dataset's name in specs, in tables and in EvalScope's registry.
        description: what the dataset is.
        hub_questions: the number of questions on the hub.
        subsets: the parts that are scored separately, in the order of the questions.
        metric: the name of the score in tables.
        kind: what an answer is. The second grader judges numbers and choices.
        adapter: the EvalScope module that registers the dataset.
        evalscope_args: the dataset's entry in EvalScope's `dataset_args`.
        file: the file name in a folder that replaces the hub; one JSON object per line.
        question_field: the field of each JSON object that holds the question.
        answer_field: the field of each JSON object that holds the right answer.
    """

    name: str
    description: str
    hub_questions: int = Field(ge=1)
    subsets: tuple[Subset, ...] = ()
    metric: str = "AveragePass@1"
    kind: Literal["number", "choice", "text"] = "number"
    adapter: str
    evalscope_args: dict[str, Any] = Field(default_factory=dict)
    file: str = "test.jsonl"
    question_field: str
    answer_field: str = "answer"

    @property
    def line_form(self) -> str:
        """The form of a line of the dataset's file, for messages."""
        return f'{{"{self.question_field}": "…", "{self.answer_field}": "…"}}'

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


AIME25 = Dataset(
    name="aime25",
    description="the 30 problems of the American Invitational Mathematics Examination 2025",
    hub_questions=30,
    subsets=(Subset(name="AIME2025-I", questions=15), Subset(name="AIME2025-II", questions=15)),
    adapter="evalscope.benchmarks.aime.aime_adapter",
    question_field="problem",
)

DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in (AIME25,)}
"""Every dataset by name. To add one, define it above and list it here."""


def _check_name(name: str) -> str:
    if name not in DATASETS:
        hint = did_you_mean(name.lower(), DATASETS)
        raise refuse(f"{name!r} is no dataset", f"{hint}allowed are: {', '.join(DATASETS)}")
    return name


DatasetName = Annotated[str, AfterValidator(_check_name), Field(json_schema_extra={"enum": list(DATASETS)})]
"""The name of a dataset in DATASETS."""
