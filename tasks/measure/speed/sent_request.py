"""One request of a load while it is in flight, and its response once it is parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

from tasks.measure.speed.connection import Response
from tasks.measure.speed.response.response_parser import ParsedResponse, read_stream, read_unstreamed
from tasks.measure.speed.response.sse import is_stream
from tasks.plan.planned_request import PlannedRequest


@dataclass(slots=True)
class SentRequest:
    """One request and its response. `due_at` is when it is to be sent, in perf_counter seconds.

    `parsed` is set if the response has status 200; `error` says why the request failed.
    `abandoned`: the connection was closed on purpose before the response was complete. `history_tokens`: the
    tokens of its conversation so far.
    """

    planned: PlannedRequest
    due_at: float
    response: Response = field(default_factory=Response)
    parsed: ParsedResponse | None = None
    error: str | None = None
    abandoned: bool = False
    history_tokens: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole response arrived."""
        return self.error is None and not self.abandoned

    @property
    def ended_at(self) -> float:
        """When the last bytes of a whole response arrived, before it is parsed; else now."""
        arrivals = self.response.arrivals
        return arrivals[-1][0] if self.is_whole and arrivals else perf_counter()

    def parse_response(self) -> None:
        """Parse the response and drop its bytes; for a status other than 200, store the body in `error`.

        The bytes decide whether the response is a stream: gateways send wrong content types, and may answer
        a streaming request with one object. Do nothing if the request has already failed or was abandoned.
        """
        if not self.is_whole or self.parsed is not None:
            return
        response = self.response
        if response.status != 200:
            self.error = response.body.decode(errors="replace")
        elif is_stream(response.body, response.content_type):
            self.parsed = read_stream(response.body, response.arrivals)
        else:
            self.parsed = read_unstreamed(response.body, response.arrivals)
        response.body, response.arrivals = b"", []
