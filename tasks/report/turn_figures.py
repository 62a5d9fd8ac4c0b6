"""The figures of conversations by turn, and by the length of the history; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from tasks.config.base import Frozen
from tasks.stats import percentile

SINGLE_TURNS = 8
"""Turns that have figures of their own. Later ones are taken together: 9 to 16, 17 to 32, and so on."""
SHORT_HISTORY = 256
"""Histories with fewer tokens are taken together. Longer ones: 256 to 511, 512 to 1023, and so on."""


class Range(NamedTuple):
    """Turns or tokens, both ends included."""

    low: int
    high: int


class TurnRequest(NamedTuple):
    """What counts of a succeeded request of a conversation. `history_tokens`: None if it is not known."""

    turn: int
    history_tokens: int | None
    input_tokens: int | None
    cached_tokens: int | None
    ttft_s: float | None
    tpot_s: float | None


class TurnFigures(Frozen):
    """The figures of the requests of one load in a range of turns, or of tokens of history.

    `turns`, `history`: the range; one of them is None. `history_tokens`: their mean. `cached_share`: tokens
    of the prompts that the answers' `usage` says were cached; None unless every answer does.
    """

    sweep: str
    load_label: str
    turns: Range | None = None
    history: Range | None = None
    requests: int
    history_tokens: float | None
    cached_share: float | None
    ttft_mean_s: float | None
    ttft_p50_s: float | None
    ttft_p95_s: float | None
    tpot_mean_s: float | None


def turn_figures(sweep: str, load_label: str, requests: Sequence[TurnRequest]) -> list[TurnFigures]:
    """Return the figures of a load by turn, then by length of the history."""
    by_turn = _grouped(requests, lambda request: _turns(request.turn))
    by_history = _grouped(requests, lambda request: _history(request.history_tokens))
    return [
        *(_figures(sweep, load_label, group, turns=turns) for turns, group in by_turn),
        *(_figures(sweep, load_label, group, history=history) for history, group in by_history),
    ]


def _turns(turn: int) -> Range:
    if turn <= SINGLE_TURNS:
        return Range(turn, turn)
    half = 1 << (turn - 1).bit_length() - 1
    return Range(half + 1, 2 * half)


def _history(tokens: int | None) -> Range | None:
    if tokens is None:
        return None
    low = 1 << max(tokens, 1).bit_length() - 1
    return Range(1, SHORT_HISTORY - 1) if tokens < SHORT_HISTORY else Range(low, 2 * low - 1)


def _grouped(
    requests: Iterable[TurnRequest], range_of: Callable[[TurnRequest], Range | None]
) -> list[tuple[Range, list[TurnRequest]]]:
    """Return the requests of each range, in the order of the ranges."""
    groups: dict[Range, list[TurnRequest]] = {}
    for request in requests:
        found = range_of(request)
        if found is not None:
            groups.setdefault(found, []).append(request)
    return sorted(groups.items())


def _figures(
    sweep: str,
    load_label: str,
    group: Sequence[TurnRequest],
    turns: Range | None = None,
    history: Range | None = None,
) -> TurnFigures:
    ttfts = sorted(request.ttft_s for request in group if request.ttft_s is not None)
    return TurnFigures(
        sweep=sweep,
        load_label=load_label,
        turns=turns,
        history=history,
        requests=len(group),
        history_tokens=_mean(request.history_tokens for request in group),
        cached_share=_cached_share(group),
        ttft_mean_s=_mean(ttfts),
        ttft_p50_s=percentile(ttfts, 50),
        ttft_p95_s=percentile(ttfts, 95),
        tpot_mean_s=_mean(request.tpot_s for request in group),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _cached_share(group: Sequence[TurnRequest]) -> float | None:
    if any(request.cached_tokens is None or not request.input_tokens for request in group):
        return None
    return sum(request.cached_tokens or 0 for request in group) / sum(
        request.input_tokens or 0 for request in group
    )
