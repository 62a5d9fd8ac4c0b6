"""Everything that the figures of one load point are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from tasks.config.load import Load
from tasks.config.objective import Objective
from tasks.measure.speed.energy import energy_j
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.metrics_history import history_of
from tasks.probe.reading import Reading
from tasks.probe.speculation import Speculation, speculation_in


@dataclass(frozen=True)
class PointData:
    """A measured point before its figures.

    `rows`: one for each request, warm-up included. `duration_s`: from the first measured request's due time
    to the end of the last one, over all load processes. `readings`: telemetry of server, GPUs, client and
    machine. `price_per_hour`: of the server, in any currency.
    """

    load: Load
    rows: Sequence[RequestRow]
    duration_s: float
    objectives: Sequence[Objective] = ()
    readings: Sequence[Reading] = ()
    price_per_hour: float | None = None

    @cached_property
    def measured(self) -> Sequence[RequestRow]:
        """The requests that are not warm-up."""
        return [row for row in self.rows if not row.warmup]

    @cached_property
    def succeeded(self) -> Sequence[RequestRow]:
        """The measured requests that succeeded: what all figures are about."""
        return [row for row in self.measured if row.succeeded]

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
        """Prompt and output tokens of all succeeded requests; None where any are not known."""
        return _sum([self.input_tokens, self.output_tokens])

    def per_second(self, count: float) -> float:
        """A count over the duration; 0 where no time passed."""
        return count / self.duration_s if self.duration_s > 0 else 0.0

    def tokens_per_second(self, tokens: int | None) -> float | None:
        """Tokens over the duration; None where their number is not known."""
        return None if tokens is None else self.per_second(tokens)

    def per_request(self, total: float | None) -> float | None:
        """A total over the succeeded requests; None without one, or where the total is not known."""
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
    def energy_j(self) -> float | None:
        """Joules that the server's GPUs took; None where their power is not known."""
        return energy_j(self.measured, self.readings, self.duration_s)

    @cached_property
    def speculation(self) -> Speculation | None:
        """How speculative decoding went, warm-up included; None where no drafted token is known of."""
        return speculation_in(history_of(self.readings))


def _sum(counts: Sequence[int | None]) -> int | None:
    """The sum of all counts; None where one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
