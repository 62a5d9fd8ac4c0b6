"""Reads from a server which models it serves, its version and when it was started."""

from __future__ import annotations

from difflib import SequenceMatcher

import httpx

from tasks.config.base import Frozen
from tasks.errors import InputError, ServegaugeError, ServerStartError
from tasks.probe.bounded_response import json_of
from tasks.probe.http_client import check_status, client_for, send_request, status_of, without_query
from tasks.probe.server_metrics import NAMES, START_TIME, MetricsReader, parse_metrics
from tasks.serve.endpoint import Endpoint

MODELS_SHOWN = 5
NO_LIST = (404, 405, 501)
"""HTTP statuses of a server without a list of models."""


class ServerIdentity(Frozen):
    """What a server reports about itself; None for what it does not report.

    `models`: empty where it has no list. `started_at`: seconds since 1970, UTC. `has_metrics`: /metrics has
    those of a known engine. `warnings`: what could not be checked.
    """

    models: tuple[str, ...]
    version: str | None
    started_at: float | None
    has_metrics: bool
    warnings: tuple[str, ...] = ()


def server_identity(
    endpoint: Endpoint, *, managed: bool = False, transport: httpx.BaseTransport | None = None
) -> ServerIdentity:
    """Return the identity of a server that serves `endpoint.model`. `managed`: it was started here.

    A server without a list of models passes with a warning.

    Raises:
        InputError: it serves other models (they are listed, the nearest name first), or `endpoint.url` lacks
            /v1.
        EndpointError: it cannot be reached, or it needs another key.
        ServerStartError: any of these, if the server is `managed`.
    """
    with client_for(endpoint, transport, reuse=False) as client:
        models, warnings = listed_models(client, endpoint, managed)
        if not warnings and endpoint.model not in models:
            raise wrong_model_error(endpoint, models, managed)
        metrics = parse_metrics(MetricsReader(endpoint, client).page())
        return ServerIdentity(
            models=models,
            version=_version(client, endpoint.version_url),
            started_at=metrics.get(START_TIME),
            has_metrics=bool(metrics.keys() & NAMES),
            warnings=warnings,
        )


def listed_models(
    client: httpx.Client, endpoint: Endpoint, managed: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the models that the server lists, and a warning where it lists none.

    Raises:
        InputError: `endpoint.url` has no list, but the address with /v1 behind it has one.
        EndpointError: the server cannot be reached, needs another key, or fails.
        ServerStartError: the same, if the server is `managed`.
    """
    response = send_request(client, endpoint.models_url, endpoint, managed=managed)
    address, status = without_query(endpoint.models_url), response.status_code
    if status in NO_LIST or (status == 403 and endpoint.secrets):
        _check_version_in_url(client, endpoint)
        reason = f"{address} answered {status}"
    else:
        check_status(response, endpoint, managed=managed)
        names = _names_in(response)
        if names is not None:
            return names, ()
        _check_version_in_url(client, endpoint)
        reason = f"{address} does not list models as the OpenAI API does"
    return (), (f"{reason}: that the server has the model {endpoint.model!r} was not checked",)


def _names_in(response: httpx.Response) -> tuple[str, ...] | None:
    """The models of OpenAI's form, `{"data": [{"id": …}]}`, or of a bare list; None for any other answer."""
    try:
        body = json_of(response)
        entries = body if isinstance(body, list) else body["data"]
        return tuple(str(entry["id"]) for entry in entries)
    except (ValueError, KeyError, TypeError):
        return None


def _check_version_in_url(client: httpx.Client, endpoint: Endpoint) -> None:
    """Raise an error where only /v1 is missing at the end of the address."""
    if endpoint.ends_in_version:
        return
    versioned = endpoint.model_copy(update={"url": f"{endpoint.url}/v1"})
    if status_of(client, versioned.models_url) == 200:
        raise InputError(
            f"server.url: {endpoint.url} has no list of models", f"set server.url to {versioned.url}"
        )


def wrong_model_error(endpoint: Endpoint, models: tuple[str, ...], managed: bool) -> ServegaugeError:
    """Return the error for a server that lists other models, the nearest name first."""

    def similarity(name: str) -> float:
        return SequenceMatcher(None, endpoint.model.lower(), name.lower()).ratio()

    nearest = sorted(models, key=similarity, reverse=True)
    served = ", ".join(repr(name) for name in nearest[:MODELS_SHOWN]) or "no model"
    if len(nearest) > MODELS_SHOWN:
        served += f" and {len(nearest) - MODELS_SHOWN} more"
    what = f"{endpoint.url} does not serve {endpoint.model!r}; it serves {served}"
    if managed:
        return ServerStartError(
            what, "see whether another server took the port, or correct server.served_name"
        )
    remedy = f"set server.model to {nearest[0]!r}" if nearest else "load a model there"
    return InputError(f"server.model: {what}", remedy)


def _version(client: httpx.Client, url: str) -> str | None:
    try:
        version = json_of(client.get(url))["version"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return str(version)
