"""Families of figures: one time, length or throughput with all its statistics, one figure each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.computed import in_steady_state
from tasks.measure.speed.figures.figure_type import Figure, ReportTable
from tasks.measure.speed.figures.notation import (
    MILLISECONDS,
    REQUESTS_PER_SECOND,
    SECONDS,
    TOKENS,
    TOKENS_PER_SECOND,
    Notation,
)
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.figures.steady_rate import steady_requests, steady_tokens
from tasks.stats import percentile, sure_percentile

MEAN, LONGEST = "mean", "max"

Values = Callable[[PointData], Sequence[float]]
"""Returns a point's values of one time in seconds or of one length, ascending."""


def statistic_of(values: Values, statistic: str, point: PointData) -> float | None:
    """The mean, the maximum or a percentile (`p95`) of a point's values; None where there are too few."""
    ordered = values(point)
    if statistic == LONGEST:
        return max(ordered, default=None)
    if statistic == MEAN:
        return fmean(ordered) if ordered else None
    return percentile(ordered, int(statistic.removeprefix("p")))


def time_figures(
    name: str,
    values: Values,
    notation: Notation,
    shown_in: Mapping[str, Mapping[ReportTable, int]],
) -> list[Figure]:
    """Mean and percentiles of a time, one figure each; `shown_in` by statistic."""
    return [
        Figure(
            name=f"{name}_{statistic}_s",
            header=f"{_label(name)} {statistic if statistic == MEAN else statistic.upper()}",
            notation=notation,
            definition=TIMES_DEFINITION,
            compute=partial(statistic_of, values, statistic),
            better="lower",
            shown_in=shown_in.get(statistic, {}),
            documented_as="{ttft,tpot,itl,latency}_{mean,p50,p90,p95,p99}_s",
        )
        for statistic in STATISTICS
    ]


def sure_figures(name: str, values: Values, notation: Notation) -> list[Figure]:
    """P99 of a time as MLPerf estimates it, which is too low in at most one of a hundred points."""
    return [
        Figure(
            name=f"{name}_p99_sure_s",
            header=f"{_label(name)} P99 at most",
            notation=notation,
            definition="Upper bound of the P99 with 99 % confidence, MLPerf's early-stopping estimate: the "
            "t-th highest of n times, with the largest t for which a binomial number of n times at 1 % is at "
            "most t with a probability of at most 1 %. Given from n = 662",
            compute=lambda point: sure_percentile(values(point), 99),
            tracked=False,
            shown_in={"efficiency": 3 if name == "ttft" else 4 if name == "tpot" else 5},
            documented_as="{ttft,tpot,latency}_p99_sure_s",
        )
    ]


def length_figures(name: str, values: Values) -> list[Figure]:
    """Percentiles and the maximum of the lengths of prompts or answers, one figure each."""
    return [
        Figure(
            name=f"{name}_tokens_{statistic}",
            header=f"{name.capitalize()} {statistic.upper() if statistic != LONGEST else statistic}",
            notation=TOKENS,
            definition="Percentiles and maximum of the lengths of prompts and answers, as the server counts "
            "them; computed as those of times",
            compute=partial(statistic_of, values, statistic),
            tracked=False,
            shown_in={"lengths": position},
            documented_as="{input,output}_tokens_{p50,p90,p95,p99,max}",
        )
        for position, statistic in enumerate((*STATISTICS[1:], LONGEST), 1)
    ]


def steady_figures() -> list[Figure]:
    """The figures of the steady state, computed as those of all requests."""
    computed: tuple[tuple[str, str, Notation, Callable[[PointData], float | None]], ...] = (
        (
            "request_throughput",
            "RPS",
            REQUESTS_PER_SECOND,
            steady_requests,
        ),
        (
            "output_token_throughput",
            "Output",
            TOKENS_PER_SECOND,
            steady_tokens,
        ),
        ("ttft_mean_s", "TTFT mean", MILLISECONDS, _of_sent(lambda point: point.ttft, MEAN)),
        ("ttft_p99_s", "TTFT P99", MILLISECONDS, _of_sent(lambda point: point.ttft, "p99")),
        ("tpot_mean_s", "TPOT mean", MILLISECONDS, _of_sent(lambda point: point.tpot, MEAN)),
        ("latency_p99_s", "Latency P99", SECONDS, _of_sent(lambda point: point.latency, "p99")),
    )
    return [
        Figure(
            name=f"steady_{name}",
            header=header,
            notation=notation,
            definition="The figure without `steady_`: times of the requests that were sent in the steady "
            "state; rates over `steady_s`, to which a request adds the share of it that was served there",
            compute=compute,
            better="higher" if "throughput" in name else "lower",
            tracked=False,
            shown_in={"steady": position},
            documented_as="steady_{request_throughput, output_token_throughput, ttft_mean_s, …}",
        )
        for position, (name, header, notation, compute) in enumerate(computed, 3)
    ]


def _of_sent(values: Values, statistic: str) -> Callable[[PointData], float | None]:
    return partial(in_steady_state, partial(statistic_of, values, statistic))


def _label(time: str) -> str:
    """Return a time as headers name it: an abbreviation in capitals, or `Latency`."""
    return time.upper() if time != "latency" else "Latency"


TIMES_DEFINITION = (
    "Mean: arithmetic, over requests; of ITL, over all gaps of all requests. Percentile NN: with n values in "
    "order x₁ … xₙ and h = (n − 1) · NN/100 + 1: x⌊h⌋ + (h − ⌊h⌋)(x⌊h⌋₊₁ − x⌊h⌋), definition 7 of Hyndman "
    "and Fan (1996) and NumPy's default. Given only from n ≥ 1/(1 − NN/100): 2, 10, 20, 100 for P50, P90, "
    "P95, P99; else empty. Reports show TTFT, TPOT and ITL in ms"
)
