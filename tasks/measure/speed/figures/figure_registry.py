"""Every figure of a load point. A new figure is one entry; columns, tables and docs are made from it."""

from __future__ import annotations

from tasks.measure.speed.figures.cache_hits import cache_hit_share
from tasks.measure.speed.figures.computed import (
    acceptance_rate,
    accepted_length,
    energy_per_output_token,
    energy_per_request,
    open_loop_pace,
    output_throughput,
    output_throughput_per_gpu,
    output_throughput_per_user,
    steady_share,
    sustained_throughput,
    total_throughput,
)
from tasks.measure.speed.figures.cost import cost_per_million
from tasks.measure.speed.figures.figure_families import (
    length_figures,
    steady_figures,
    sure_figures,
    time_figures,
)
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
    *time_figures(
        "ttft",
        lambda point: point.ttft,
        MILLISECONDS,
        {"mean": {"sweep": 5, "repeats": 3, "comparison": 4}, "p99": {"sweep": 6}},
    ),
    *time_figures(
        "tpot",
        lambda point: point.tpot,
        MILLISECONDS,
        {"mean": {"sweep": 7, "repeats": 4, "comparison": 5}, "p99": {"sweep": 8}},
    ),
    *time_figures("itl", lambda point: point.itl, MILLISECONDS, {}),
    *time_figures(
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
    *sure_figures("ttft", lambda point: point.ttft, MILLISECONDS),
    *sure_figures("tpot", lambda point: point.tpot, MILLISECONDS),
    *sure_figures("latency", lambda point: point.latency, SECONDS),
    *length_figures("input", lambda point: point.input_lengths),
    *length_figures("output", lambda point: point.output_lengths),
    Figure(
        name="sustained_throughput",
        header="Sustained RPS",
        notation=REQUESTS_PER_SECOND,
        definition="Requests that end per second: of a closed loop while all its slots are busy, of an open "
        "loop without the first and last tenth, see [Until saturated](#until-saturated)",
        compute=sustained_throughput,
        better="higher",
        tracked=False,
    ),
    Figure(
        name="pace",
        header="Pace",
        notation=SHARE,
        definition="Of an open loop: the rate at which requests end over the rate at which they are sent; "
        "empty where sending lasts less than three answers, see [Until saturated](#until-saturated)",
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
        definition="Share of the succeeded requests that were sent in the steady state",
        compute=steady_share,
        tracked=False,
        shown_in={"steady": 2},
    ),
    *steady_figures(),
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
