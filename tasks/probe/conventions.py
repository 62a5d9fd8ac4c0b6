"""Derives a server's API conventions, and warnings, from its first answers."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from tasks.probe.exact_length import refuses_exact_length
from tasks.probe.first_answer import FirstAnswer
from tasks.probe.keep_alive import keeps_connections
from tasks.serve.endpoint import MAX_COMPLETION_TOKENS, Conventions, Endpoint, RequestKind

CLOSES = (
    "the server closes each connection after its answer without saying so: each request opens a new one, and "
    "no figure includes the time for that"
)
REFUSES_LENGTH = (
    "the server refuses ignore_eos and min_tokens in requests to {kinds}: they are sent without "
    "these fields, and the check output_length finds answers that end earlier"
)
UNCOUNTED = (
    "the server answers requests to {kinds} without counting their tokens (usage): figures of tokens stay "
    "empty unless its streams count them"
)


def find_conventions(
    endpoint: Endpoint,
    answers: Sequence[FirstAnswer],
    exact_kinds: frozenset[RequestKind] = frozenset(),
    *,
    may_close: bool = True,
    transport: httpx.BaseTransport | None = None,
) -> tuple[Conventions, tuple[str, ...]]:
    """Return how the server's API differs from the usual one, and a warning for each difference that matters.

    Args:
        endpoint: the server.
        answers: its first answers, one of each kind of request that will be sent.
        exact_kinds: the kinds of requests that fix the length of their answers; each costs one more request.
        may_close: whether to send one more request, to test if the connection stays open.
        transport: replaced in tests.
    """
    renamed = frozenset(answer.kind for answer in answers if answer.max_tokens_field == MAX_COMPLETION_TOKENS)
    conventions = Conventions(max_completion_tokens=renamed)
    endpoint = endpoint.model_copy(update={"conventions": conventions})
    refusing = frozenset(
        kind for kind in exact_kinds if refuses_exact_length(endpoint, kind, transport=transport)
    )
    conventions = conventions.model_copy(update={"refuses_exact_length": refusing})
    warnings = _warnings_of_usage(answers)
    if refusing:
        warnings += (REFUSES_LENGTH.format(kinds=" and ".join(sorted(refusing))),)
    if may_close and answers and not keeps_connections(endpoint, answers[0].kind):
        return conventions.model_copy(update={"keeps_connections": False}), (*warnings, CLOSES)
    return conventions, warnings


def _warnings_of_usage(answers: Sequence[FirstAnswer]) -> tuple[str, ...]:
    uncounted = [answer.kind for answer in answers if None in (answer.input_tokens, answer.output_tokens)]
    return (UNCOUNTED.format(kinds=" and ".join(uncounted)),) if uncounted else ()
