"""A manner as the running stub serves it: its times, stretched to the stub's own, and what to expect of it.

A manner is written with its first token after one second, and one token a second from then on. The stub maps
the first second to its TTFT, and each later second to its ITL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stub.manners.manner import TOKENS, Failed, Manner
from stub.manners.manner_registry import MANNERS
from stub.manners.no_http import NO_HTTP

MODEL = "stub"
"""The model that the manners' bytes name."""
BY_NAME = {manner.name: manner for manner in MANNERS}
NAMES = (*BY_NAME, *NO_HTTP)


def check_names(names: Sequence[str], model: str) -> None:
    """Raise ValueError if a name is no manner's, or if a manner would answer with another model's name."""
    for name in names:
        if name not in NAMES:
            raise ValueError(f"no manner is called {name!r}")
    if names and model != MODEL:
        raise ValueError(f"the manners answer as model {MODEL!r}, not {model!r}")


def stretched(time: float, ttft: float, itl: float) -> float:
    """Return the time of a manner in seconds of the stub."""
    return time * ttft if time <= 1.0 else ttft + (time - 1.0) * itl


def timed_pieces(manner: Manner, ttft: float, itl: float) -> Iterator[tuple[float, int, bytes]]:
    """Yield each piece: its seconds after the start, all tokens sent with it, and its bytes.

    The number of tokens is 0 for a piece that neither begins nor ends the output.
    """
    for time, data in manner.pieces:
        yield stretched(time, ttft, itl), _tokens_at(manner, time), data


def sent_tokens(manner: Manner) -> int:
    """Return the tokens that an answer has, whatever its `usage` claims. A broken answer counts as none."""
    outcome = manner.outcome
    if isinstance(outcome, Failed):
        return 0
    return TOKENS if outcome.doubt or outcome.tokens is None else outcome.tokens


def _tokens_at(manner: Manner, time: float) -> int:
    outcome = manner.outcome
    if isinstance(outcome, Failed):
        return 0
    if time == outcome.latency:
        return sent_tokens(manner)
    return 1 if time == outcome.ttft else 0
