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


MOST_PARTS, PART_REQUESTS = 8, 10
"""Parts of the requests by length of their history: so many at most, of so many requests at least."""


class Range(NamedTuple):
    """Turns or tokens, both ends included."""

    low: int
    high: int

    @property
    def text(self) -> str:
        """The range as `9–16`, or as one number."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"


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

    `turns`, `history`, `history_part`: the range; all but one of them are None. `history_part` is that of
    one of several parts of the requests, rising by the length of their history; a first turn has none, so 0.
    `history_tokens`: their mean. `cached_share`: tokens of the prompts that the answers' `usage` says were
    cached; None unless every answer does. `ttft_low_s`, `ttft_high_s`: P10 and P90.
    """

    sweep: str
    load_label: str
    turns: Range | None = None
    history: Range | None = None
    history_part: Range | None = None
    requests: int
    history_tokens: float | None
    cached_share: float | None
    ttft_mean_s: float | None
    ttft_p50_s: float | None
    ttft_p95_s: float | None
    tpot_mean_s: float | None
    ttft_low_s: float | None = None
    ttft_high_s: float | None = None


def turn_figures(sweep: str, load_label: str, requests: Sequence[TurnRequest]) -> list[TurnFigures]:
    """Return the figures of a load by turn, then by length of the history, in ranges and in even parts."""
    by_turn = _grouped(requests, lambda request: _turns(request.turn))
    by_history = _grouped(requests, lambda request: _history(request.history_tokens))
    return [
        *(_figures(sweep, load_label, group, turns=turns) for turns, group in by_turn),
        *(_figures(sweep, load_label, group, history=history) for history, group in by_history),
        *(_figures(sweep, load_label, group, history_part=part) for part, group in _parts(requests)),
    ]


def _parts(requests: Sequence[TurnRequest]) -> list[tuple[Range, Sequence[TurnRequest]]]:
    """Return the requests of first turns, then the others by length of their history, in even parts."""
    first = [request for request in requests if request.turn == 1]
    known = [(request.history_tokens, request) for request in requests if request.turn > 1]
    later = sorted(
        ((tokens, request) for tokens, request in known if tokens is not None), key=lambda pair: pair[0]
    )
    parts: list[tuple[Range, Sequence[TurnRequest]]] = [(Range(0, 0), first)] if first else []
    count = min(MOST_PARTS, max(1, len(later) // PART_REQUESTS)) if later else 0
    for number in range(count):
        part = later[len(later) * number // count : len(later) * (number + 1) // count]
        parts.append((Range(part[0][0], part[-1][0]), [request for _, request in part]))
    return parts


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
    history_part: Range | None = None,
) -> TurnFigures:
    ttfts = sorted(request.ttft_s for request in group if request.ttft_s is not None)
    low = percentile([-ttft for ttft in reversed(ttfts)], 90)  # P10 is the P90 from below
    return TurnFigures(
        sweep=sweep,
        load_label=load_label,
        turns=turns,
        history=history,
        history_part=history_part,
        requests=len(group),
        history_tokens=_mean(request.history_tokens for request in group),
        cached_share=_cached_share(group),
        ttft_mean_s=_mean(ttfts),
        ttft_p50_s=percentile(ttfts, 50),
        ttft_p95_s=percentile(ttfts, 95),
        tpot_mean_s=_mean(request.tpot_s for request in group),
        ttft_low_s=None if low is None else -low,
        ttft_high_s=percentile(ttfts, 90),
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
