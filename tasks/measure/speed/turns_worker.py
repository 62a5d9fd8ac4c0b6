"""Sends the turns of conversations: each waits for the answer before it, then for the user's think time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tasks.measure.jobs import PointJob
from tasks.measure.speed.client_worker import fields_of, send_request
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.conversation import History
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.response.answer_message import answer_message
from tasks.measure.speed.row_writer import Recorder
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.conversation_file import Message, read_conversations
from tasks.plan.planned_request import PlannedRequest, PlannedTurn

NOT_SENT = "not sent: turn {} of its conversation failed"


class TurnSender:
    """Holds conversations. What a turn needs is prepared while its user thinks, before the turn is due."""

    def __init__(
        self,
        job: PointJob,
        planned: Sequence[PlannedRequest],
        requests: Sequence[dict[str, Any]],
        connections: Connections,
        recorder: Recorder,
    ) -> None:
        """Prepare the fields of every request, and the requests that begin a conversation.

        Args:
            job: what is measured.
            planned: its requests.
            requests: EvalScope's body of each; its messages are what the turn adds to the history.
            connections: to the server.
            recorder: writes the rows.
        """
        self._planned, self._connections, self._recorder = planned, connections, recorder
        self._timeout_s = job.sweep.timeout_s
        self._fields = [fields_of(*pair, job) for pair in zip(requests, planned, strict=True)]
        self._messages: list[list[Message]] = [fields.pop("messages") for fields in self._fields]
        file = job.sweep.conversation.file if job.sweep.conversation else None
        self._recorded = read_conversations(Path(file)) if file else ()
        self._begun: dict[int, tuple[History, bytes]] = {}
        for index in range(len(planned)):
            if self._turn(index).turn == 1:
                history = History()
                self._begun[index] = history, self._http_request(history, index)

    async def hold(self, indexes: Sequence[int], due_at: float, deadline: float) -> float:
        """Send the turns of a conversation until one fails or is due after the deadline.

        Turns that follow a failed one are recorded as failed. Returns when the conversation ended.
        """
        (history, http_request), history_tokens = self._begun.pop(indexes[0]), None
        for index in indexes:
            turn = self._turn(index)
            if turn.turn > 1:
                if due_at + turn.think_s >= deadline:
                    break
                http_request = self._http_request(history, index)
            request = SentRequest(self._planned[index], due_at + turn.think_s, history_tokens=history_tokens)
            await self._send(request, http_request)
            due_at = request.ended_at
            if index == indexes[-1]:  # the user's next conversation does not wait until it is parsed
                self._recorder.enqueue(request)
                break
            answer, content_type = request.response.body, request.response.content_type
            row = self._recorder.record(request)
            if not row.succeeded:
                self._give_up(indexes, turn, due_at)
                break
            history.add_answer(await answer_message(answer, content_type))
            history_tokens = _history_tokens(row)
        return due_at

    async def _send(self, request: SentRequest, http_request: bytes) -> None:
        while (early_s := request.due_at - perf_counter()) > 0:  # uvloop's timers may end half a ms early
            await asyncio.sleep(early_s)
        await send_request(self._connections, http_request, request, self._timeout_s)

    def _http_request(self, history: History, index: int) -> bytes:
        """Add a turn's messages to the history, and return its request."""
        turn = self._turn(index)
        body = history.body(self._fields[index], turn, self._messages[index], self._calls(turn))
        return self._connections.http_request(body)

    def _give_up(self, indexes: Sequence[int], failed: PlannedTurn, due_at: float) -> None:
        """Record the turns after a failed one as failed."""
        for index in indexes:
            if self._turn(index).turn > failed.turn:
                error = NOT_SENT.format(failed.turn)
                self._recorder.record(SentRequest(self._planned[index], due_at, error=error))

    def _turn(self, index: int) -> PlannedTurn:
        turn = self._planned[index].turn
        assert turn is not None
        return turn

    def _calls(self, turn: PlannedTurn) -> Sequence[Message]:
        """Return the recorded tool calls that a turn's messages refer to."""
        return self._recorded[turn.script][turn.turn - 1].tool_calls if turn.script is not None else ()


def _history_tokens(row: RequestRow) -> int | None:
    """Return the tokens that the next turn repeats; None if the server does not report them."""
    if row.input_tokens is None or row.output_tokens is None:
        return None
    return row.input_tokens + row.output_tokens - (row.reasoning_tokens or 0)
