"""A conformance test that finds out within ten seconds what can be measured and audited on a server."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Literal

import httpx

from tasks.config.base import Frozen
from tasks.errors import EndpointError, InputError
from tasks.probe.answer_capabilities import describe_answers
from tasks.probe.capability import Capability
from tasks.probe.extra_requests import ExtraAnswers, ask_extras
from tasks.probe.http_client import client_for, status_of
from tasks.probe.identity import listed_models, wrong_model_error
from tasks.probe.server_metrics import NAMES, START_TIME, MetricsReader, parse_metrics
from tasks.probe.streamed_answer import StreamedAnswer, streamed_answer
from tasks.serve.endpoint import Conventions, Endpoint, RequestKind

LIMIT_S = 10.0
PAGE_TIMEOUT_S = 2.5
"""Timeout in seconds of each request for /health, /metrics and the model list."""
ANSWER_SHARE = 0.6
"""The share of the remaining time for the first answers; the requests that depend on them get the rest."""
KINDS: tuple[RequestKind, ...] = ("chat", "completions")


class Conformance(Frozen):
    """The result of the conformance test.

    Attributes:
        model: the model that the requests named.
        capabilities: what the server can do, in the order in which a run needs it.
        answers: the streamed answer to each kind of request.
        extras: the answers to requests with optional fields.
    """

    model: str
    capabilities: tuple[Capability, ...]
    answers: tuple[StreamedAnswer, ...] = ()
    extras: ExtraAnswers = ExtraAnswers()

    @property
    def status(self) -> Literal["ok", "limited", "broken"]:
        """The worst status of all capabilities; `broken` means that nothing can be measured."""
        statuses = {capability.status for capability in self.capabilities}
        return "broken" if "broken" in statuses else "limited" if "limited" in statuses else "ok"


class _Pages(Frozen):
    """The status code of /health and the metrics of /metrics."""

    health: int | None
    metrics: dict[str, float]


def check_conformance(
    endpoint: Endpoint, *, transport: httpx.BaseTransport | None = None, limit_s: float = LIMIT_S
) -> Conformance:
    """Test a running server; if the endpoint names no model, use the first one that the server lists.

    Raises:
        InputError: the server does not have the model, or neither the endpoint nor the server names one.
    """
    deadline = time.monotonic() + limit_s
    with (
        client_for(endpoint, transport, PAGE_TIMEOUT_S, reuse=False) as client,
        ThreadPoolExecutor() as pool,
    ):
        pages = pool.submit(_pages, client, endpoint)
        try:
            models, warnings = listed_models(client, endpoint)
        except EndpointError as error:
            broken = Capability(name="server", status="broken", text=error.what, remedy=error.remedy)
            return Conformance(model=endpoint.model, capabilities=(broken,))
        endpoint = _with_model(endpoint, models, bool(warnings))
        now = time.monotonic()
        answers_due = now + ANSWER_SHARE * max(0.0, deadline - now)
        answers = _first_answers(client, endpoint, pool, answers_due)
        renamed = frozenset(a.kind for a in answers if a.max_tokens_field != "max_tokens")
        conventions = Conventions(max_completion_tokens=renamed)
        endpoint = endpoint.model_copy(update={"conventions": conventions})
        extras = ask_extras(client, endpoint, answers, deadline)
        capabilities = (
            _models(endpoint, models, warnings),
            *describe_answers(endpoint, answers, extras),
            *_describe_pages(endpoint, pages.result()),
        )
    return Conformance(model=endpoint.model, capabilities=capabilities, answers=answers, extras=extras)


def _first_answers(
    client: httpx.Client, endpoint: Endpoint, pool: Executor, due: float
) -> tuple[StreamedAnswer, ...]:
    """Ask for an answer of each kind at the same time, and again alone where the server broke one off."""
    asked = [pool.submit(streamed_answer, client, endpoint, kind, due) for kind in KINDS]
    answers = []
    for first in [future.result() for future in asked]:
        second = streamed_answer(client, endpoint, first.kind, due) if first.broke_off else first
        if first.broke_off and second.error is None:
            second = second.model_copy(update={"alone": True})
        answers.append(second)
    return tuple(answers)


def _pages(client: httpx.Client, endpoint: Endpoint) -> _Pages:
    metrics = parse_metrics(MetricsReader(endpoint, client).page())
    return _Pages(health=status_of(client, endpoint.health_url), metrics=metrics)


def _with_model(endpoint: Endpoint, models: tuple[str, ...], unlisted: bool) -> Endpoint:
    """Return the endpoint with the name of a model that the server has."""
    if endpoint.model:
        if not unlisted and endpoint.model not in models:
            raise wrong_model_error(endpoint, models, managed=False)
        return endpoint
    if not models:
        raise InputError(f"{endpoint.url} lists no model", "name the model with --model")
    return endpoint.model_copy(update={"model": models[0]})


def _models(endpoint: Endpoint, models: tuple[str, ...], warnings: Iterable[str]) -> Capability:
    text = "; ".join(warnings)
    if text:
        remedy = "a run measures it with that warning"
        return Capability(name="models", status="limited", text=text, remedy=remedy)
    others = f", and {len(models) - 1} more" if len(models) > 1 else ""
    return Capability(name="models", text=f"{endpoint.model}{others}")


def _describe_pages(endpoint: Endpoint, pages: _Pages) -> tuple[Capability, ...]:
    counters = len(pages.metrics.keys() & NAMES)
    metrics = Capability(name="metrics", text=f"{counters} known metrics: points are audited against them")
    if not counters:
        metrics = Capability(
            name="metrics",
            status="limited",
            text="no page of a known engine: nothing confirms the load generator's figures",
            remedy=f"have the server's own /metrics answer at {endpoint.root}/metrics, if it has one",
        )
    started = Capability(name="start time", text="known: figures are reused until the server is restarted")
    if START_TIME not in pages.metrics:
        started = Capability(
            name="start time",
            status="limited",
            text="not told: each run measures everything again",
            remedy=f"nothing is reused without {START_TIME} on the server's /metrics",
        )
    health = "answers" if pages.health == 200 else f"none ({pages.health or 'no answer'}); not needed"
    return (metrics, started, Capability(name="health", text=health))
