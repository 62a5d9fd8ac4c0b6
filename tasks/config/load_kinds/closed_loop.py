"""The closed loop: a fixed number of requests in flight."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Any, ClassVar

from pydantic import Field, model_validator

from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.refusal import refuse

NEARLY = 0.9
"""Share of the highest concurrency. Throughput at both shows whether it still grows at the highest."""


class ClosedLoop(LoadKind):
    """`concurrency` slots; each sends its next request when its last one has ended.

    `{burst: N}` in a spec is a closed loop of N slots and N requests: all at once, once.
    """

    kind: ClassVar[str] = "concurrency"
    spec_fields: ClassVar[tuple[str, ...]] = ("concurrency", "burst")
    unit: ClassVar[str] = "at once"
    header: ClassVar[str] = "Conc."

    concurrency: int = Field(ge=1, le=100_000, description="requests in flight at the same time")

    @property
    def level(self) -> float:
        """The concurrency."""
        return self.concurrency

    @property
    def label(self) -> str:
        """The concurrency after a `c`, as `c4`."""
        return f"c{self.concurrency}"

    @property
    def text(self) -> str:
        """The concurrency, as `4`."""
        return str(self.concurrency)

    @property
    def slots(self) -> int:
        """The concurrency."""
        return self.concurrency

    def arrivals(self, seed: int) -> Iterator[float] | None:
        """Return None, because requests wait for slots."""
        return None

    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Return the time-outs of one slot's requests, plus one for the requests in flight at the end."""
        return request_timeout_s * (ceil(requests / self.slots) + 1)

    @classmethod
    def search_requests(cls, level: float, requests_per_slot: int, seconds: float) -> int:
        """Return `requests_per_slot` times the concurrency."""
        return int(level) * requests_per_slot

    @classmethod
    def between(cls, low: float, high: float, precision: float) -> float | None:
        """Return the arithmetic mean, rounded down to a whole number of slots."""
        return floor((low + high) / 2) if high - low > max(1, precision * low) else None

    @classmethod
    def nearly_max(cls, highest: float) -> float | None:
        """Return 0.9 of the highest concurrency, rounded down."""
        return floor(NEARLY * highest)

    @model_validator(mode="before")
    @classmethod
    def _read_burst(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        if "burst" in given:
            if len(given) > 1:
                raise refuse("a burst has no other fields", "write it as {burst: 100}")
            return {"concurrency": given["burst"], "requests": given["burst"]}
        if given.get("arrival") == "poisson":  # specs printed by 0.1.0 have it for every kind
            return {name: value for name, value in given.items() if name != "arrival"}
        return given
