"""The data that the figures of one load point are computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from tasks.config.load import Load
from tasks.config.objective import Objective
from tasks.measure.speed.figures.energy import energy_j
from tasks.measure.speed.figures.steady_window import (
    SteadyWindow,
    sent_in_steady_state,
    steady_window,
)
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading
from tasks.probe.speculation import Speculation, speculation_in

if TYPE_CHECKING:
    from tasks.probe.metrics_history import MetricsHistory  # its HTTP client takes long to import


@dataclass(frozen=True)
class PointData:
    """The data of a measured point.

    `rows`: one for each request, warm-up included. `duration_s`: from the first measured request's due time
    to the end of the last one, over all load processes. `readings`: telemetry of server, GPUs, client and
    machine. `price_per_hour`: of the server, in any currency. `abandon_after_s`: seconds after which requests
    were abandoned, by their part of a mix; by None without a mix.
    """

    load: Load
    rows: Sequence[RequestRow]
    duration_s: float
    objectives: Sequence[Objective] = ()
    readings: Sequence[Reading] = ()
    price_per_hour: float | None = None
    abandon_after_s: Mapping[str | None, float] = field(default_factory=dict)

    @cached_property
    def measured(self) -> Sequence[RequestRow]:
        """The requests that are not warm-up."""
        return [row for row in self.rows if not row.warmup]

    @cached_property
    def succeeded(self) -> Sequence[RequestRow]:
        """The measured requests that succeeded, which all figures describe."""
        return [row for row in self.measured if row.succeeded]

    @cached_property
    def abandoned(self) -> Sequence[RequestRow]:
        """The measured requests that were abandoned on purpose."""
        return [row for row in self.measured if row.abandoned]

    @cached_property
    def slot_holders(self) -> Sequence[RequestRow]:
        """The requests that held a slot for a known time: their `latency_s`, also of abandoned ones."""
        times_s = self.abandon_after_s
        left = [replace(row, latency_s=times_s[row.part]) for row in self.abandoned if row.part in times_s]
        return [*self.succeeded, *left]

    @cached_property
    def steady_window(self) -> SteadyWindow | None:
        """From when to when the point is in its steady state; None where it never is."""
        return steady_window(self.rows, self.load.slots)

    @cached_property
    def steady(self) -> PointData | None:
        """The requests that were sent in the steady state, over its length; None where there is none."""
        window = self.steady_window
        if window is None:
            return None
        inside = sent_in_steady_state(self.rows, window, self.load.slots)
        return replace(self, rows=inside, duration_s=window.seconds)

    @cached_property
    def input_tokens(self) -> int | None:
        """Prompt tokens of all succeeded requests; None where one of them does not report its own."""
        return _sum([row.input_tokens for row in self.succeeded])

    @cached_property
    def output_tokens(self) -> int | None:
        """Output tokens of all succeeded requests; None where one of them does not report its own."""
        return _sum([row.output_tokens for row in self.succeeded])

    @property
    def total_tokens(self) -> int | None:
        """Prompt and output tokens of all succeeded requests; None if either number is unknown."""
        return _sum([self.input_tokens, self.output_tokens])

    def per_second(self, count: float) -> float:
        """Return a count divided by the duration; 0 if the duration is 0."""
        return count / self.duration_s if self.duration_s > 0 else 0.0

    def tokens_per_second(self, tokens: int | None) -> float | None:
        """Return tokens divided by the duration; None if their number is unknown."""
        return None if tokens is None else self.per_second(tokens)

    def per_request(self, total: float | None) -> float | None:
        """Return a total divided by the number of succeeded requests; None if either is missing."""
        return total / len(self.succeeded) if self.succeeded and total is not None else None

    @cached_property
    def ttft(self) -> Sequence[float]:
        """TTFT of every succeeded request that has one, ascending, in seconds."""
        return sorted(row.ttft_s for row in self.succeeded if row.ttft_s is not None)

    @cached_property
    def tpot(self) -> Sequence[float]:
        """TPOT of every succeeded request that has one, ascending, in seconds."""
        return sorted(row.tpot_s for row in self.succeeded if row.tpot_s is not None)

    @cached_property
    def itl(self) -> Sequence[float]:
        """Every gap between two chunks of every succeeded request, ascending, in seconds."""
        return sorted(chain.from_iterable(row.itl_s for row in self.succeeded))

    @cached_property
    def latency(self) -> Sequence[float]:
        """Latency of every succeeded request that has one, ascending, in seconds."""
        return sorted(row.latency_s for row in self.succeeded if row.latency_s is not None)

    @cached_property
    def gpus(self) -> int:
        """How many GPUs of the server were read."""
        names = {reading.metric.rpartition("_")[2] for reading in self.readings if reading.source == "gpu"}
        return len(names)

    @cached_property
    def input_lengths(self) -> Sequence[float]:
        """Prompt tokens of every succeeded request that reports them, ascending."""
        return sorted(row.input_tokens for row in self.succeeded if row.input_tokens is not None)

    @cached_property
    def output_lengths(self) -> Sequence[float]:
        """Output tokens of every succeeded request that reports them, ascending."""
        return sorted(row.output_tokens for row in self.succeeded if row.output_tokens is not None)

    @cached_property
    def energy_j(self) -> float | None:
        """Joules that the server's GPUs used; None if their power is unknown."""
        return energy_j(self.measured, self.readings, self.duration_s)

    @cached_property
    def speculation(self) -> Speculation | None:
        """Figures of speculative decoding, warm-up included; None if no drafted tokens are known."""
        return speculation_in(self.history)

    @cached_property
    def history(self) -> MetricsHistory:
        """The server's counters during the point."""
        from tasks.probe.metrics_history import history_of

        return history_of(self.readings)


def _sum(counts: Sequence[int | None]) -> int | None:
    """Return the sum of all counts; None if one of them is unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
