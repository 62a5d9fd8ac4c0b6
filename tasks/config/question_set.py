"""An entry of a spec's `accuracy`: a question set, its generation settings and its repeats."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen
from tasks.config.datasets import AIME25, Dataset, DatasetName, find_dataset
from tasks.config.generation import Generation
from tasks.config.hubs import HubName
from tasks.config.judge import Judge
from tasks.config.question_set_rules import check_arguments, check_judging, check_subsets
from tasks.config.under_load import UnderLoad

SET_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class QuestionSet(Frozen):
    """The questions of one dataset, each answered `repeats` times by the served model."""

    dataset: DatasetName = Field(AIME25, description="one of EvalScope's text benchmarks")
    name: str | None = Field(
        None,
        pattern=SET_NAME,
        description="what results call the set; by default the name of the folder in `path`, else `dataset`",
    )
    path: str | None = Field(
        None,
        description="a folder with the questions (aime25: test.jsonl; with subsets: SUBSET.jsonl), used "
        "instead of the hub",
    )
    hub: HubName = Field("modelscope", description="the hub that questions come from where `path` is not set")
    subsets: tuple[str, ...] = Field((), description="the benchmark's subsets to ask; none: all of them")
    limit: int | None = Field(None, ge=1, description="ask only the first questions of each subset")
    few_shot: int | None = Field(
        None, ge=0, description="examples in each prompt; null: as many as the benchmark's own default"
    )
    evalscope: dict[str, Any] = Field(
        default_factory=dict,
        description="EvalScope's own arguments of the dataset, as {prompt_template: …, extra_params: {…}}",
    )
    judge: Judge | None = Field(None, description="the model that judges answers where a benchmark needs one")
    sandbox: bool = Field(
        False,
        description="run code from answers in EvalScope's sandbox (Docker); without it, it is never run",
    )
    generation: Generation = Field(Generation(), description="how answers are sampled")
    batch_size: int = Field(10, ge=1, description="questions asked at the same time")
    timeout_s: float = Field(60000, gt=0, description="seconds that one answer may take")
    repeats: int = Field(1, ge=1, le=1000, description="how often each question is answered")
    under_load: UnderLoad | None = Field(
        None,
        description="other requests under way while the questions are asked, as {concurrency: 50}; the score "
        "is one of its own, and the report compares it with that of the same set without load",
    )
    retries: int = Field(
        3, ge=0, le=20, description="how often a failed request is sent again, after pauses of 1, 4, 16, 60 s"
    )

    @property
    def base_name(self) -> str:
        """The name of the set: `name`, else the name of its folder, else that of its dataset."""
        if self.name is not None:
            return self.name
        return self.dataset if self.path is None else _folder_name(self.path)

    @property
    def set_name(self) -> str:
        """The name of the set in results."""
        return self.base_name

    @property
    def definition(self) -> Dataset:
        """The benchmark that the questions belong to."""
        dataset = find_dataset(self.dataset)
        assert dataset is not None, "the name is checked"
        return dataset

    @property
    def subset_names(self) -> tuple[str, ...]:
        """The subsets to ask."""
        return self.subsets or tuple(self.definition.hub_subsets)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files with the questions: one for all, or one for each subset; none if they are on the hub."""
        if self.path is None:
            return ()
        folder = Path(self.path)
        of_subsets = tuple(folder / f"{subset}.jsonl" for subset in self.subset_names)
        if (folder / self.definition.file).is_file() or not any(file.is_file() for file in of_subsets):
            return (folder / self.definition.file,)
        return tuple(file for file in of_subsets if file.is_file() or self.subsets)

    @property
    def example_files(self) -> tuple[Path, ...]:
        """The files with few-shot examples that lie beside the questions."""
        split = self.definition.train_split
        if self.path is None or not split:
            return ()
        names = [f"{split}.jsonl", *(f"{subset}_{split}.jsonl" for subset in self.subset_names)]
        files = [Path(self.path) / name for name in names]
        return tuple(file for file in files if file.is_file())

    def combinations(self) -> tuple[AskedSet, ...]:
        """Return the sets that are asked: one for each combination of generation settings."""
        fields = {name: getattr(self, name) for name in QuestionSet.model_fields}
        return tuple(
            AskedSet(**(fields | {"generation": generation}), combination=label)
            for label, generation in self.generation.combinations().items()
        )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        check_arguments(self.evalscope)
        check_subsets(self.definition, self.subsets)
        check_judging(self.definition, has_judge=self.judge is not None, sandbox=self.sandbox)
        return self


class AskedSet(QuestionSet):
    """A question set with one value for each generation setting. `combination`: its name, if any."""

    combination: str = ""

    @property
    def set_name(self) -> str:
        """The name of the set in results, with the settings that it differs in from its neighbours."""
        load = self.under_load.label if self.under_load else ""
        return "-".join(filter(None, (self.base_name, self.combination, load)))


def combination_of(question_set: QuestionSet) -> str:
    """Return the name of a set's generation settings among those of its grid; empty without a grid."""
    return question_set.combination if isinstance(question_set, AskedSet) else ""


def _folder_name(path: str) -> str:
    """Return a folder's name as a set's name, with other characters replaced by `-`."""
    name = Path(os.path.abspath(path)).name
    return _NOT_IN_NAMES.sub("-", name).lstrip("._-")[:61] or "questions"
