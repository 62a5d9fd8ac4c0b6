"""Every figure of a load point. A new figure is one entry; columns, tables and docs are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.cache_hits import cache_hit_share
from tasks.measure.speed.figures.cost import cost_per_million
from tasks.measure.speed.figures.figure_type import Figure, ReportTable
from tasks.measure.speed.figures.goodput import goodput
from tasks.measure.speed.figures.notation import (
    JOULES,
    JOULES_PER_REQUEST,
    JOULES_PER_TOKEN,
    MILLISECONDS,
    PER_MILLION_TOKENS,
    REQUESTS_PER_SECOND,
    SECONDS,
    SHARE,
    TOKENS,
    TOKENS_PER_SECOND,
    Notation,
)
from tasks.measure.speed.figures.open_loop_pace import pace
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.request_row import RequestRow
from tasks.stats import percentile, sure_percentile

MEAN, LONGEST = "mean", "max"


def output_throughput(point: PointData) -> float | None:
    """Output tokens per second; None where an answer does not report its own."""
    return point.tokens_per_second(point.output_tokens)


def total_throughput(point: PointData) -> float | None:
    """Input and output tokens per second; None where an answer does not report its own."""
    return point.tokens_per_second(point.total_tokens)


def sustained_throughput(point: PointData) -> float | None:
    """Requests per second of a closed loop while all its slots are busy; None of an open loop.

    By Little's law (Operations Research 9, 1961): slots / mean time in seconds that a request holds its slot.
    The first and the last `slots` requests are left out: at the start there is no queue yet, at the end
    slots stay empty. None with abandoned requests, and where fewer than two requests are left.
    """
    slots = 0 if point.abandoned else point.load.slots
    ordered = sorted(point.succeeded, key=lambda row: row.sent_at)
    inner = ordered[slots : len(ordered) - slots] if slots else []
    slot_times_s = [_slot_time_s(row, row.latency_s) for row in inner if row.latency_s is not None]
    return slots / fmean(slot_times_s) if len(slot_times_s) > 1 else None


def _slot_time_s(row: RequestRow, latency_s: float) -> float:
    """Seconds that a request holds its slot: the think time before it, the client's delay, its latency."""
    return (row.think_s or 0.0) + (row.client_delay_s or 0.0) + latency_s


def open_loop_pace(point: PointData) -> float | None:
    """The `pace` of an open loop with a steady rate; None of other loads."""
    return None if point.load.slots or not point.load.steady else pace(point.succeeded)


def energy_per_output_token(point: PointData) -> float | None:
    """Joules per output token; None where the energy is not known."""
    energy = point.energy_j
    return energy / point.output_tokens if energy is not None and point.output_tokens else None


def energy_per_request(point: PointData) -> float | None:
    """Joules per succeeded request; None where the energy is not known."""
    energy = point.energy_j
    return None if energy is None else point.per_request(energy)


def acceptance_rate(point: PointData) -> float | None:
    """Accepted over drafted tokens; None where none was drafted, or the server does not report it."""
    return point.speculation.acceptance_rate if point.speculation else None


def accepted_length(point: PointData) -> float | None:
    """Tokens that a draft yields on average, the model's own token included; None as `acceptance_rate`."""
    return point.speculation.accepted_length if point.speculation else None


def output_throughput_per_user(point: PointData) -> float | None:
    """Tokens per second that one user sees, 1 / mean TPOT; None where no answer has a TPOT."""
    return 1 / fmean(point.tpot) if point.tpot else None


def output_throughput_per_gpu(point: PointData) -> float | None:
    """Output tokens per second for each of the server's GPUs; None where no GPU was read."""
    throughput = output_throughput(point)
    return throughput / point.gpus if throughput is not None and point.gpus else None


def steady_share(point: PointData) -> float | None:
    """Share of the succeeded requests that ended in the steady state; None where there is none."""
    if point.steady is None or not point.succeeded:
        return None
    return len(point.steady.succeeded) / len(point.succeeded)


def in_steady_state(compute: Callable[[PointData], float | None], point: PointData) -> float | None:
    """A figure of the requests that ended in the steady state; None where none did."""
    return compute(point.steady) if point.steady is not None and point.steady.succeeded else None


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


def _time_figures(
    name: str,
    values: Values,
    notation: Notation,
    shown_in: Mapping[str, Mapping[ReportTable, int]],
) -> list[Figure]:
    """Mean and percentiles of a time, one figure each; `shown_in` by statistic."""
    label = name.upper() if name != "latency" else "Latency"
    return [
        Figure(
            name=f"{name}_{statistic}_s",
            header=f"{label} {statistic if statistic == MEAN else statistic.upper()}",
            notation=notation,
            definition=TIMES_DEFINITION,
            compute=partial(statistic_of, values, statistic),
            better="lower",
            shown_in=shown_in.get(statistic, {}),
            documented_as="{ttft,tpot,itl,latency}_{mean,p50,p90,p95,p99}_s",
        )
        for statistic in STATISTICS
    ]


def _sure_figures(name: str, values: Values, notation: Notation) -> list[Figure]:
    """P99 of a time as MLPerf estimates it, which is too low in at most one of a hundred points."""
    label = name.upper() if name != "latency" else "Latency"
    return [
        Figure(
            name=f"{name}_p99_sure_s",
            header=f"{label} P99 at most",
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


def _length_figures(name: str, values: Values) -> list[Figure]:
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


def _steady_figures() -> list[Figure]:
    """The figures of the steady state, computed as those of all requests."""
    computed: tuple[tuple[str, str, Notation, Callable[[PointData], float | None]], ...] = (
        (
            "request_throughput",
            "RPS",
            REQUESTS_PER_SECOND,
            lambda point: point.per_second(len(point.succeeded)),
        ),
        ("output_token_throughput", "Output", TOKENS_PER_SECOND, output_throughput),
        ("ttft_mean_s", "TTFT mean", MILLISECONDS, partial(statistic_of, lambda point: point.ttft, MEAN)),
        ("ttft_p99_s", "TTFT P99", MILLISECONDS, partial(statistic_of, lambda point: point.ttft, "p99")),
        ("tpot_mean_s", "TPOT mean", MILLISECONDS, partial(statistic_of, lambda point: point.tpot, MEAN)),
        ("latency_p99_s", "Latency P99", SECONDS, partial(statistic_of, lambda point: point.latency, "p99")),
    )
    return [
        Figure(
            name=f"steady_{name}",
            header=header,
            notation=notation,
            definition="The figure without `steady_`, of the requests that ended in the steady state, over "
            "`steady_s`; empty where none did",
            compute=partial(in_steady_state, compute),
            better="higher" if "throughput" in name else "lower",
            tracked=False,
            shown_in={"steady": position},
            documented_as="steady_{request_throughput, output_token_throughput, ttft_mean_s, …}",
        )
        for position, (name, header, notation, compute) in enumerate(computed, 3)
    ]


TIMES_DEFINITION = (
    "Mean: arithmetic, over requests; of ITL, over all gaps of all requests. Percentile NN: with n values in "
    "order x₁ … xₙ and h = (n − 1) · NN/100 + 1: x⌊h⌋ + (h − ⌊h⌋)(x⌊h⌋₊₁ − x⌊h⌋), definition 7 of Hyndman "
    "and Fan (1996) and NumPy's default. Given only from n ≥ 1/(1 − NN/100): 2, 10, 20, 100 for P50, P90, "
    "P95, P99; else empty. Reports show TTFT, TPOT and ITL in ms"
)

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="duration_s",
        header="Duration",
        notation=SECONDS,
        definition="From the first measured request's due time to the last one's end, over all processes",
        compute=lambda point: point.duration_s,
        tracked=False,
    ),
    Figure(
        name="request_throughput",
        header="RPS",
        notation=REQUESTS_PER_SECOND,
        definition="Succeeded requests / `duration_s`",
        compute=lambda point: point.per_second(len(point.succeeded)),
        better="higher",
        shown_in={"sweep": 1, "repeats": 1, "comparison": 1},
    ),
    Figure(
        name="input_token_throughput",
        header="Input",
        notation=TOKENS_PER_SECOND,
        definition="Σ `input_tokens` / `duration_s`",
        compute=lambda point: point.tokens_per_second(point.input_tokens),
        better="higher",
    ),
    Figure(
        name="output_token_throughput",
        header="Output",
        notation=TOKENS_PER_SECOND,
        definition="Σ `output_tokens` / `duration_s`",
        compute=output_throughput,
        better="higher",
        shown_in={"sweep": 4, "repeats": 2, "comparison": 3},
    ),
    Figure(
        name="total_token_throughput",
        header="Total",
        notation=TOKENS_PER_SECOND,
        definition="Σ (`input_tokens` + `output_tokens`) / `duration_s`",
        compute=total_throughput,
        better="higher",
    ),
    *_time_figures(
        "ttft",
        lambda point: point.ttft,
        MILLISECONDS,
        {"mean": {"sweep": 5, "repeats": 3, "comparison": 4}, "p99": {"sweep": 6}},
    ),
    *_time_figures(
        "tpot",
        lambda point: point.tpot,
        MILLISECONDS,
        {"mean": {"sweep": 7, "repeats": 4, "comparison": 5}, "p99": {"sweep": 8}},
    ),
    *_time_figures("itl", lambda point: point.itl, MILLISECONDS, {}),
    *_time_figures(
        "latency",
        lambda point: point.latency,
        SECONDS,
        {"mean": {"sweep": 2}, "p99": {"sweep": 3, "comparison": 6}},
    ),
    Figure(
        name="input_tokens_mean",
        header="Input tokens",
        notation=TOKENS,
        definition="Σ `input_tokens` / succeeded requests",
        compute=lambda point: point.per_request(point.input_tokens),
        tracked=False,
        shown_in={"lengths": 0},
    ),
    Figure(
        name="output_tokens_mean",
        header="Output tokens",
        notation=TOKENS,
        definition="Σ `output_tokens` / succeeded requests",
        compute=lambda point: point.per_request(point.output_tokens),
        tracked=False,
        shown_in={"lengths": 0},
    ),
    Figure(
        name="output_throughput_per_user",
        header="Output a user",
        notation=TOKENS_PER_SECOND,
        definition="1 / `tpot_mean_s`: the tokens per second that one user sees after the first token",
        compute=output_throughput_per_user,
        better="higher",
        shown_in={"efficiency": 1},
    ),
    Figure(
        name="output_throughput_per_gpu",
        header="Output a GPU",
        notation=TOKENS_PER_SECOND,
        definition="`output_token_throughput` / GPUs of the server; empty where no GPU was read",
        compute=output_throughput_per_gpu,
        better="higher",
        shown_in={"efficiency": 2},
    ),
    *_sure_figures("ttft", lambda point: point.ttft, MILLISECONDS),
    *_sure_figures("tpot", lambda point: point.tpot, MILLISECONDS),
    *_sure_figures("latency", lambda point: point.latency, SECONDS),
    *_length_figures("input", lambda point: point.input_lengths),
    *_length_figures("output", lambda point: point.output_lengths),
    Figure(
        name="sustained_throughput",
        header="Sustained RPS",
        notation=REQUESTS_PER_SECOND,
        definition="Of a closed loop: requests per second while all its slots are busy, "
        "see [Until saturated](#until-saturated)",
        compute=sustained_throughput,
        better="higher",
        tracked=False,
    ),
    Figure(
        name="pace",
        header="Pace",
        notation=SHARE,
        definition="Of an open loop: the rate at which requests end over the rate at which they are sent, "
        "see [Until saturated](#until-saturated)",
        compute=open_loop_pace,
        better="higher",
        tracked=False,
    ),
    Figure(
        name="steady_s",
        header="Window",
        notation=SECONDS,
        definition="Length of the steady state, see [Steady state](#steady-state); empty where the requests "
        "under way never reach their level",
        compute=lambda point: point.steady.duration_s if point.steady else None,
        tracked=False,
        shown_in={"steady": 1},
    ),
    Figure(
        name="steady_share",
        header="Counted",
        notation=SHARE,
        definition="Share of the succeeded requests that ended in the steady state",
        compute=steady_share,
        tracked=False,
        shown_in={"steady": 2},
    ),
    *_steady_figures(),
    Figure(
        name="goodput",
        header="Goodput",
        notation=REQUESTS_PER_SECOND,
        definition="Succeeded requests that each meet every objective / `duration_s`, "
        "see [Objectives](#objectives); empty without objectives",
        compute=lambda point: goodput(point.objectives, point.duration_s, point.rows),
        better="higher",
        shown_in={"comparison": 2},
    ),
    Figure(
        name="energy_j",
        header="Energy",
        notation=JOULES,
        definition="Σ over the server's GPUs of ∫ `power_w` dt over the measured window, "
        "see [Energy and cost](#energy-and-cost)",
        compute=lambda point: point.energy_j,
        better="lower",
    ),
    Figure(
        name="energy_per_output_token_j",
        header="Energy output",
        notation=JOULES_PER_TOKEN,
        definition="`energy_j` / Σ `output_tokens`",
        compute=energy_per_output_token,
        better="lower",
        shown_in={"energy": 1, "comparison": 7},
    ),
    Figure(
        name="energy_per_request_j",
        header="Energy request",
        notation=JOULES_PER_REQUEST,
        definition="`energy_j` / succeeded requests",
        compute=energy_per_request,
        better="lower",
        shown_in={"energy": 2},
    ),
    Figure(
        name="cost_per_million_output_tokens",
        header="Cost output",
        notation=PER_MILLION_TOKENS,
        definition="`server.price_per_hour` / 3600 / `output_token_throughput` · 10⁶, "
        "in the currency of the price",
        compute=lambda point: cost_per_million(point.price_per_hour, output_throughput(point)),
        better="lower",
        shown_in={"cost": 1, "comparison": 8},
    ),
    Figure(
        name="cost_per_million_tokens",
        header="Cost total",
        notation=PER_MILLION_TOKENS,
        definition="`server.price_per_hour` / 3600 / `total_token_throughput` · 10⁶",
        compute=lambda point: cost_per_million(point.price_per_hour, total_throughput(point)),
        better="lower",
        shown_in={"cost": 2},
    ),
    Figure(
        name="cache_hit_share",
        header="Cache hits",
        notation=SHARE,
        definition="Prompt tokens that the server's prefix cache hit / looked up, by its counters (warm-up "
        "included) or else by its answers' `usage`; empty where it reports neither",
        compute=lambda point: cache_hit_share(point.history, point.succeeded),
        shown_in={"efficiency": 6},
    ),
    Figure(
        name="acceptance_rate",
        header="Acceptance",
        notation=SHARE,
        definition="Of speculative decoding: accepted / drafted tokens, see "
        "[Speculative decoding](#speculative-decoding)",
        compute=acceptance_rate,
        better="higher",
        shown_in={"speculation": 1},
    ),
    Figure(
        name="accepted_length",
        header="Accepted length",
        notation=TOKENS,
        definition="Of speculative decoding: 1 + accepted tokens / drafts, see "
        "[Speculative decoding](#speculative-decoding)",
        compute=accepted_length,
        better="higher",
        shown_in={"speculation": 2},
    ),
)

BY_NAME: dict[str, Figure] = {figure.name: figure for figure in FIGURES}


def figures_in(table: ReportTable) -> tuple[Figure, ...]:
    """The figures that a report table shows, in the order of its columns."""
    shown = [figure for figure in FIGURES if table in figure.shown_in]
    return tuple(sorted(shown, key=lambda figure: figure.shown_in[table]))
