"""One request of a load point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the client measured it. Times are in seconds; the server's `usage` counts the tokens.

    `sent_at`: when the request's last byte was written, UTC.
    `client_delay_s`: from when the request was due (closed loop: its slot became free) to `sent_at`.
    `ttft_s`, `latency_s`: from `sent_at` to the first and to the last generated token.
    `tpot_s`: (latency - TTFT) / (output tokens - 1); None where all tokens came in one chunk.
    `itl_s`: the gaps between consecutive chunks.
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
