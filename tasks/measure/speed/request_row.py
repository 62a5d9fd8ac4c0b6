"""One request of a load point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the client saw it. Seconds; tokens as the server's usage counts them.

    `sent_at`: UTC, its last byte written. `client_delay_s`: from its slot being free to that moment.
    `ttft_s`, `latency_s`: from that moment to its first and last generated token.
    `tpot_s`: (latency - TTFT) / (output tokens - 1); None where all tokens came in one piece.
    `itl_s`: between two chunks.
    """

    index: int
    warmup: bool
    sent_at: datetime
    client_delay_s: float | None
    ttft_s: float | None
    tpot_s: float | None
    latency_s: float | None
    itl_s: tuple[float, ...]
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    finish_reason: str | None
    status_code: int | None
    error: str | None
    succeeded: bool
