"""What every kind of load has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field, model_validator

from tasks.config.base import Frozen


class LoadKind(Frozen, ABC):
    """How requests reach the server during one point. Each subclass is one kind.

    A new kind is one subclass in a file of its own, and a row in `_Kinds` (tasks/config/load.py).
    """

    kind: ClassVar[str]
    """Names the kind; also the spec field that sets its level, and its column in the tables if it has one."""
    spec_fields: ClassVar[tuple[str, ...]]
    """Fields by which a spec chooses this kind; the first one is `kind`."""
    unit: ClassVar[str]
    """What its level counts, as a reader sees it."""
    header: ClassVar[str]
    """Title of the load column in a table whose loads are all of this kind."""

    requests: int = Field(
        ge=1, le=10_000_000, description="requests of the point; their upper limit where `duration_s` is set"
    )
    duration_s: float | None = Field(None, gt=0, description="seconds after which no further request is sent")

    @property
    @abstractmethod
    def level(self) -> float:
        """The number that grows from one load of a sweep to the next."""

    @property
    @abstractmethod
    def label(self) -> str:
        """A short name that differs between the loads of a sweep, used in file and run names: c4, rate2.5."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The level as a table cell."""

    @property
    def slots(self) -> int:
        """Requests that may be in flight at once; 0 where nothing limits them."""
        return 0

    @abstractmethod
    def arrivals(self, seed: int) -> Iterator[float] | None:
        """Seconds after the start at which each request is sent; None where requests wait for a free slot."""

    @abstractmethod
    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Seconds within which `requests` requests must have ended, if each keeps its own time-out."""

    @property
    def sort_key(self) -> tuple[str, float, int]:
        """Orders loads by kind, level and number of requests."""
        return (self.kind, self.level, self.requests)

    @property
    def columns(self) -> dict[str, float]:
        """The level under the kind's name, for tables that have a column of that name."""
        return {self.kind: self.level}

    @classmethod
    @abstractmethod
    def search_requests(cls, level: float, requests_per_slot: int, seconds: float) -> int:
        """How many requests a search for saturation sends at a level."""

    @classmethod
    @abstractmethod
    def between(cls, low: float, high: float, precision: float) -> float | None:
        """The level that halves an interval; None where the interval is narrow enough.

        Args:
            low: highest level that held.
            high: lowest level that did not.
            precision: width of the answer, as a share of `low`.
        """

    @classmethod
    def nearly_max(cls, highest: float) -> float | None:
        """A level just below `highest` that tells whether throughput still grows; None where none does."""
        return None

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_fields_of_other_kinds(cls, given: Any) -> Any:
        """Specs printed by version 0.1.0 hold `rate: null` beside a concurrency."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name in cls.model_fields or value is not None}
