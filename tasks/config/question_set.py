"""An entry of a spec's `accuracy`: a question set, its generation settings and its repeats."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from tasks.config.base import Frozen
from tasks.config.datasets import AIME25, DATASETS, Dataset, DatasetName
from tasks.config.request_fields import OWNED_BY_GENERATION, RequestFields, check_request_fields

SET_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class Generation(Frozen):
    """How answers are sampled. The request leaves out what is null, and the server's default applies."""

    reasoning_effort: Literal["low", "medium", "high"] | None = None
    temperature: float | None = Field(1.0, ge=0)
    top_p: float | None = Field(1.0, gt=0, le=1)
    max_tokens: int | None = Field(32768, ge=1)
    request: RequestFields = Field(
        default_factory=dict,
        description="further fields of each request's body, as {seed: 1, chat_template_kwargs: {…}}",
    )

    @field_validator("request")
    @classmethod
    def _check_request(cls, fields: RequestFields) -> RequestFields:
        return check_request_fields(fields, OWNED_BY_GENERATION)


class QuestionSet(Frozen):
    """The questions of one dataset, each answered `repeats` times by the served model."""

    dataset: DatasetName = AIME25.name
    name: str | None = Field(
        None,
        pattern=SET_NAME,
        description="what results call the set; by default the name of the folder in `path`, else `dataset`",
    )
    path: str | None = Field(
        None, description="a folder with the dataset's file (aime25: test.jsonl), used instead of the hub"
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
        """The dataset's entry in DATASETS."""
        return DATASETS[self.dataset]

    @property
    def file(self) -> Path | None:
        """The file with the questions; None if they come from the hub."""
        return Path(self.path) / self.definition.file if self.path is not None else None


def _folder_name(path: str) -> str:
    """Return a folder's name as a set's name, with other characters replaced by `-`."""
    name = Path(os.path.abspath(path)).name
    return _NOT_IN_NAMES.sub("-", name).lstrip("._-")[:61] or "questions"
