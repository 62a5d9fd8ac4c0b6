"""The base class of every kind of load."""

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
    """Name of the kind, of the spec field that sets its level, and of its table column if it has one."""
    spec_fields: ClassVar[tuple[str, ...]]
    """Spec fields that select this kind. The first is `kind`."""
    unit: ClassVar[str]
    """Unit of the level, as the report shows it."""
    header: ClassVar[str]
    """Title of the load column if all loads of a table are of this kind."""

    steady: ClassVar[bool] = True
    """Whether the load is the same from its first to its last request, so that drift is the server's."""

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
        """A short name for file and run names, unique within a sweep: c4, rate2.5."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The level as a table cell."""

    @property
    def slots(self) -> int:
        """Maximum number of requests in flight; 0 for no limit."""
        return 0

    @abstractmethod
    def arrivals(self, seed: int) -> Iterator[float] | None:
        """Return when to send each request, in seconds from the start.

        Return None if requests wait for slots, or if their times are planned with them, as those of a trace.
        """

    @abstractmethod
    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Return the seconds within which `requests` requests end if none exceeds `request_timeout_s`."""

    @property
    def sort_key(self) -> tuple[str, float, int]:
        """Sort key: kind, level, number of requests."""
        return (self.kind, self.level, self.requests)

    @property
    def columns(self) -> dict[str, float]:
        """The level, keyed by the kind's name, for tables with a column of that name."""
        return {self.kind: self.level}

    @classmethod
    def search_requests(cls, level: float, requests_per_slot: int, seconds: float) -> int:
        """Return the requests of a search for saturation at a level; 1 for a kind without a search."""
        return 1

    @classmethod
    def between(cls, low: float, high: float, precision: float) -> float | None:
        """Return the level to measure next within an interval; None if the interval is narrow enough.

        Args:
            low: highest level that the server sustained.
            high: lowest level that the server did not sustain.
            precision: width of a narrow enough interval, as a share of `low`.
        """
        return None

    @classmethod
    def nearly_max(cls, highest: float) -> float | None:
        """Return a level just below `highest` to see whether throughput still grows; None for no check."""
        return None

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_fields_of_other_kinds(cls, given: Any) -> Any:
        """Drop them because specs printed by version 0.1.0 have `rate: null` next to `concurrency`."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name in cls.model_fields or value is not None}
