"""Parses a response body: output with arrival times, token counts and how the response ended; pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.measure.speed.response.chunk_template import ChunkTemplate
from tasks.measure.speed.response.malformed import MalformedError, object_or_none, text_or_none, wrong_type
from tasks.measure.speed.response.output import carries_output
from tasks.measure.speed.response.sse import BYTE_ORDER_MARK, Arrival, events, name_and_data
from tasks.measure.speed.response.stream_errors import error_of_choice, error_of_event, finish_reason_of
from tasks.measure.speed.response.usage import Usage, best_usage, read_usage

DONE = "[DONE]"
QUOTED = 80
"""The number of characters of a server's text that a message quotes."""
UNNAMED_ERROR = "the server sent an event `error` without a message"
_DECODER = json.JSONDecoder(strict=False)


@dataclass(slots=True)
class ParsedResponse:
    """The content of a response body.

    `output_times`: when each event with output arrived. `last_time`: when the last of them or the finish
    reason arrived, whichever is later. `ended`: whether the end was marked: by `[DONE]`, or as the end of the
    one JSON object of a response that is not streamed. `error`: why the request failed. `stray_text`: the
    first event that is neither JSON nor `[DONE]`.
    """

    output_times: list[float] = field(default_factory=list)
    last_time: float | None = None
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    ended: bool = False
    model: str | None = None
    error: str | None = None
    stray_text: str | None = None


def read_stream(
    body: bytes, arrivals: Sequence[Arrival], template: ChunkTemplate | None = None
) -> ParsedResponse:
    """Read server-sent events; the time of an event is the arrival time of its last byte.

    Args:
        body: all bytes.
        arrivals: when they arrived.
        template: recognises chunks that need no parsing; a new one by default.
    """
    reader, template = _Reader(), template or ChunkTemplate()
    matches, output_times = template.matches, reader.parsed.output_times
    for arrived_at, event in events(body, arrivals):
        if matches(event):
            output_times.append(arrived_at)
            continue
        name, data = name_and_data(event)
        if reader.read(arrived_at, name, data):
            template.learn(event, len(output_times))
    return reader.finish()


def read_unstreamed(body: bytes, arrivals: Sequence[Arrival]) -> ParsedResponse:
    """Read a body that is one JSON object instead of a stream of events."""
    reader = _Reader()
    reader.read(arrivals[-1][0] if arrivals else 0.0, b"", body.removeprefix(BYTE_ORDER_MARK))
    reader.parsed.ended = True
    return reader.finish()


class _Reader:
    """Reads the events of one response in their order."""

    def __init__(self) -> None:
        self.parsed = ParsedResponse()
        self._usages: list[Usage] = []
        self._finished_at: float | None = None

    def read(self, arrived_at: float, name: bytes, data: bytes) -> bool:
        """Read one event; return whether it contains the output of one choice and nothing else."""
        text = data.decode("utf-8", "replace").strip()
        if text == DONE:
            self.parsed.ended = True
            return False
        try:
            event = _json_of(text)
            if isinstance(event, dict):
                return self._read_object(arrived_at, name, event)
        except MalformedError as error:
            self._fail(str(error))
            return False
        if name == b"error":
            self._fail(text or UNNAMED_ERROR)
        self.parsed.stray_text = self.parsed.stray_text or text[:QUOTED] or None
        return False

    def finish(self) -> ParsedResponse:
        """Return the parsed response after its last event."""
        parsed = self.parsed
        parsed.usage = best_usage(self._usages)
        last_output = parsed.output_times[-1] if parsed.output_times else None
        parsed.last_time = max(
            (time for time in (last_output, self._finished_at) if time is not None), default=None
        )
        return parsed

    def _fail(self, error: str) -> None:
        """Keep the first error: what follows may be its consequence."""
        self.parsed.error = self.parsed.error or error

    def _read_object(self, arrived_at: float, name: bytes, event: dict[str, object]) -> bool:
        error = error_of_event(name, event)
        if error is not None:
            self._fail(error)
        self.parsed.model = self.parsed.model or text_or_none("model", event.get("model"))
        choices = event.get("choices")
        if choices is None:
            choices = []
        if not isinstance(choices, list):
            raise wrong_type("choices", choices, "a list")
        groq = object_or_none("x_groq", event.get("x_groq")) or {}
        found_usage = self._read_usage(event.get("usage")) or self._read_usage(groq.get("usage"))
        results = [self._read_choice(arrived_at, choice) for choice in choices]
        if any(carried for carried, _ in results):
            self.parsed.output_times.append(arrived_at)
        return error is None and not found_usage and results == [(True, True)]

    def _read_choice(self, arrived_at: float, choice: object) -> tuple[bool, bool]:
        """Read one choice; return whether it contains output, and whether it contains nothing else."""
        if not isinstance(choice, dict):
            raise wrong_type("choices[]", choice, "an object")
        reason = finish_reason_of(choice)
        if reason is not None:
            if self._finished_at is None:  # a later event may repeat it together with `usage`
                self._finished_at = arrived_at
            self.parsed.finish_reason = reason
        error = error_of_choice(choice, reason)
        if error is not None:
            self._fail(error)
        found_usage = self._read_usage(choice.get("usage"))
        return carries_output(choice), reason is None and error is None and not found_usage

    def _read_usage(self, value: object) -> bool:
        usage = read_usage(value)
        if usage is not None:
            self._usages.append(usage)
        return usage is not None


def _json_of(text: str) -> object:
    """Return an event's JSON, or its text if it does not look like JSON.

    Raises:
        MalformedError: the event begins like a JSON object but is not valid JSON, or is nested too deeply.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise MalformedError("the answer is malformed: an event is nested too deeply") from None
    except ValueError:
        if not text.startswith("{"):
            return text
        raise MalformedError(f"the answer is malformed: an event is no JSON: {text[:QUOTED]}") from None
