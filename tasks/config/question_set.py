"""An entry of a spec's `accuracy`: a question set, its generation settings and its repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from tasks.config.base import Frozen
from tasks.config.datasets import AIME25, DATASETS, Dataset, DatasetName
from tasks.config.request_fields import OWNED_BY_GENERATION, RequestFields, check_request_fields


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
    path: str | None = Field(
        None, description="a folder with the dataset's file (aime25: test.jsonl), used instead of the hub"
    )
    generation: Generation = Generation()
    batch_size: int = Field(10, ge=1, description="questions asked at the same time")
    timeout_s: float = Field(60000, gt=0, description="seconds that one answer may take")
    repeats: int = Field(1, ge=1, le=1000)

    @property
    def definition(self) -> Dataset:
        """The dataset's entry in DATASETS."""
        return DATASETS[self.dataset]

    @property
    def file(self) -> Path | None:
        """The file with the questions; None if they come from the hub."""
        return Path(self.path) / self.definition.file if self.path is not None else None
