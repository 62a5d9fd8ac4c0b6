"""One request of a load point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the client measured it. Times are in seconds; the server's `usage` counts the tokens.

    `sent_at`: when the request's last byte was written, UTC.
    `client_delay_s`: from the due time (closed loop: when the slot became free) to `sent_at`.
    `ttft_s`, `latency_s`: from `sent_at` to the first output and to the last one or the finish reason.
    `tpot_s`: (latency - TTFT) / (output tokens - 1); None if all tokens came in one chunk.
    `itl_s`: the gaps between consecutive chunks with output.
    `output_tokens`: None if the answer has no `usage`.
    `claimed_output_tokens`: `completion_tokens` as the server reports it. `output_tokens` differs if
    `total_tokens` shows that the reported number omits the reasoning tokens, or is 0 or missing.
    `planned_input_tokens`, `planned_output_tokens`: the lengths asked for; None where the dataset or the
    model decides them. `planned_shared_tokens`: how many tokens at the beginning of the prompt it shares
    with earlier requests of the point. `abandoned`: the connection was closed on purpose before the answer
    was complete; such a request has neither succeeded nor failed.
    `conversation`, `turn`: its place among the point's conversations, the turn from 1 on. `think_s`: seconds
    from the end of the answer before to its due time. `history_tokens`: the tokens of the conversation so
    far, which are those of the turn before: its prompt and its answer without reasoning. `part`: the sweep of
    a mix that it belongs to.
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
    claimed_output_tokens: int | None = None
    total_tokens: int | None = None
    reasoning_tokens: int | None = None
    planned_input_tokens: int | None = None
    planned_output_tokens: int | None = None
    planned_shared_tokens: int | None = None
    abandoned: bool = False
    conversation: int | None = None
    turn: int | None = None
    think_s: float | None = None
    history_tokens: int | None = None
    part: str | None = None

    @property
    def due_at(self) -> datetime:
        """When the request was due, UTC."""
        return self.sent_at - timedelta(seconds=self.client_delay_s or 0.0)

    @property
    def ended_at(self) -> datetime:
        """When its answer ended, UTC; when it was sent if its latency is not known."""
        return self.sent_at + timedelta(seconds=self.latency_s or 0.0)
