"""One request of a load while it is in flight, and its response once it is parsed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tasks.measure.speed.connection import Response
from tasks.measure.speed.response_parser import ParsedResponse, read_stream, read_unstreamed
from tasks.measure.speed.sse import is_stream


@dataclass(slots=True)
class SentRequest:
    """One request and its response. `due_at` is when it should be sent, in perf_counter seconds.

    `parsed` is set where the response has status 200; `error` says why the request failed.
    """

    index: int
    due_at: float
    response: Response = field(default_factory=Response)
    parsed: ParsedResponse | None = None
    error: str | None = None

    def parse_response(self) -> None:
        """Parse the response and drop its bytes; the body of a status other than 200 becomes `error`.

        Whether it is a stream is read from its bytes: gateways name other content types, and answer a request
        for a stream with one object. Does nothing where the request failed already.
        """
        if self.error is not None:
            return
        response = self.response
        if response.status != 200:
            self.error = response.body.decode(errors="replace")
        elif is_stream(response.body, response.content_type):
            self.parsed = read_stream(response.body, response.arrivals)
        else:
            self.parsed = read_unstreamed(response.body, response.arrivals)
        response.body, response.arrivals = b"", []
