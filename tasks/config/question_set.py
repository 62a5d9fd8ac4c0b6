"""An entry of a spec's `accuracy`: a question set, its generation settings and its repeats."""

from __future__ import annotations

import os
import re
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.address import check_address
from tasks.config.base import Frozen
from tasks.config.datasets import AIME25, Dataset, DatasetName, find_dataset
from tasks.config.hubs import HubName
from tasks.config.refusal import refuse
from tasks.config.request_fields import OWNED_BY_GENERATION, RequestFields, check_request_fields

SET_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


Effort = Literal["low", "medium", "high"]
Temperature = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Tokens = Annotated[int, Field(ge=1)]
GRID = {"reasoning_effort": "", "temperature": "t", "top_p": "p", "max_tokens": "n"}
"""Fields that may be lists, and what names their value in the name of a combination."""


class Generation(Frozen):
    """How answers are sampled. The request leaves out what is null, and the server's default applies.

    A list asks every question with each of its values, in every combination with other lists.
    """

    reasoning_effort: Effort | tuple[Effort, ...] | None = Field(
        None, description="how long a reasoning model thinks; null: as the server decides; or a list"
    )
    temperature: Temperature | tuple[Temperature, ...] | None = Field(
        1.0, description="sampling temperature, or a list"
    )
    top_p: Share | tuple[Share, ...] | None = Field(
        1.0, description="share of the likeliest tokens that are sampled, or a list"
    )
    max_tokens: Tokens | tuple[Tokens, ...] | None = Field(
        32768, description="longest answer in tokens, reasoning included, or a list"
    )
    request: RequestFields = Field(
        default_factory=dict,
        description="further fields of each request's body, as {seed: 1, chat_template_kwargs: {…}}",
    )

    @field_validator("request")
    @classmethod
    def _check_request(cls, fields: RequestFields) -> RequestFields:
        return check_request_fields(fields, OWNED_BY_GENERATION)

    @field_validator(*GRID)
    @classmethod
    def _check_list(cls, value: Any) -> Any:
        if isinstance(value, tuple) and (not value or len(set(value)) < len(value)):
            raise refuse("a list of settings has no value, or one twice", "list each value once")
        return value

    def combinations(self) -> dict[str, Generation]:
        """Return the settings of each combination by its name; one without a name if there is no list."""
        lists = {name: getattr(self, name) for name in GRID if isinstance(getattr(self, name), tuple)}
        found = {}
        for values in product(*lists.values()):
            chosen = dict(zip(lists, values, strict=True))
            label = "-".join(
                f"{GRID[name]}{value:g}" if GRID[name] else value for name, value in chosen.items()
            )
            found[label] = self.model_copy(update=chosen)
        return found


class Judge(Frozen):
    """The model that judges answers where the benchmark needs one."""

    url: str = Field(pattern=r"^https?://[^/\s]+(/.*)?$", description="base URL of its API, including /v1")
    model: str = Field(min_length=1, description="its name in requests")
    api_key_env: str | None = Field(None, description="environment variable that holds its API key")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_address(url)


OWNED_ARGUMENTS = {
    "local_path": "set `path`",
    "dataset_id": "set `path`, or choose another dataset",
    "subset_list": "set `subsets`",
    "few_shot_num": "set `few_shot`",
    "metric_list": "leave it out: the score is the benchmark's own",
    "aggregation": "leave it out: answers to one question are taken together here",
    "primary_metric": "leave it out: the score is the benchmark's own",
}
"""Arguments of an EvalScope dataset that have a field of their own, each with a remedy."""


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
    retries: int = Field(
        3, ge=0, le=20, description="how often a failed request is sent again, after pauses of 1, 4, 16, 60 s"
    )

    @property
    def set_name(self) -> str:
        """The name of the set in results: `name`, else the name of its folder, else that of its dataset."""
        if self.name is not None:
            return self.name
        return self.dataset if self.path is None else _folder_name(self.path)

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
        dataset = self.definition
        for name in self.evalscope:
            if name in OWNED_ARGUMENTS:
                raise refuse(f"`evalscope.{name}` is set by the pipeline itself", OWNED_ARGUMENTS[name])
        unknown = [subset for subset in self.subsets if subset not in dataset.hub_subsets]
        if unknown:
            some = ", ".join(list(dataset.hub_subsets)[:8])
            raise refuse(f"{self.dataset} has no subset {unknown[0]!r}", f"its subsets are: {some} …")
        if dataset.needs_judge and self.judge is None:
            raise refuse(
                f"the answers to {self.dataset} are judged by a model", "set `judge`: {url: …, model: …}"
            )
        if dataset.runs_code and not self.sandbox:
            raise refuse(
                f"judging {self.dataset} runs code from the answers",
                "set `sandbox: true`, which runs it in EvalScope's sandbox (Docker)",
            )
        return self


class AskedSet(QuestionSet):
    """A question set with one value for each generation setting. `combination`: its name, if any."""

    combination: str = ""

    @property
    def set_name(self) -> str:
        """The name of the set in results, with the settings that it differs in from its neighbours."""
        whole = super().set_name
        return f"{whole}-{self.combination}" if self.combination else whole


def _folder_name(path: str) -> str:
    """Return a folder's name as a set's name, with other characters replaced by `-`."""
    name = Path(os.path.abspath(path)).name
    return _NOT_IN_NAMES.sub("-", name).lstrip("._-")[:61] or "questions"
