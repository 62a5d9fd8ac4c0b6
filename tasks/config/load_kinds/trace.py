"""A trace: requests at recorded times with recorded lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.refusal import refuse
from tasks.config.table_files import check_table

SPAN_LIMIT_S = 7 * 24 * 3600.0
"""The longest that a replay may take: a week."""


class Trace(LoadKind):
    """The requests of a file, sent when the file says, whether or not earlier ones have ended."""

    kind: ClassVar[str] = "trace"
    spec_fields: ClassVar[tuple[str, ...]] = ("trace",)
    unit: ClassVar[str] = "times as fast"
    header: ClassVar[str] = "Trace"
    steady: ClassVar[bool] = False

    trace: str = Field(
        description="a .jsonl, .csv or .parquet file with a time, an input and an output length in each row"
    )
    speed: float = Field(1.0, gt=0, le=1_000_000, description="2 sends twice as fast as recorded")
    requests: int = Field(0, ge=0, le=10_000_000, description="the first rows of the file; 0: all of them")
    timestamps: Literal["ms", "s"] | None = Field(
        None, description="unit of times that are numbers; null: ms in .jsonl files (Mooncake), else s"
    )
    block_tokens: int = Field(
        512, ge=1, le=100_000, description="tokens that one of a row's hash_ids stands for: 512 in Mooncake's"
    )

    @property
    def level(self) -> float:
        """The speed."""
        return self.speed

    @property
    def label(self) -> str:
        """The file's name without its end, and the speed, as `trace-mooncake-x1`."""
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", PurePath(self.trace).stem).strip("-")[:40]
        return f"trace-{stem}-x{self.speed:g}"

    @property
    def text(self) -> str:
        """The file's name and the speed, as `mooncake.jsonl ×1`."""
        return f"{PurePath(self.trace).name} ×{self.speed:g}"

    def arrivals(self, seed: int) -> Iterator[float] | None:
        """Return None: the times are those of the planned requests."""
        return None

    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Return the longest span of a trace plus one request's time-out."""
        return SPAN_LIMIT_S + request_timeout_s

    @model_validator(mode="before")
    @classmethod
    def _refuse_search(cls, given: Any) -> Any:
        if isinstance(given, dict) and "until" in given:
            raise refuse(
                "a trace has times of its own, so a search has no load to raise",
                "give `rate: NUMBER` or `concurrency` to start from instead of `trace`, or remove `until`",
            )
        return given

    @field_validator("trace")
    @classmethod
    def _check_file(cls, trace: str) -> str:
        return check_table(trace, "trace")
