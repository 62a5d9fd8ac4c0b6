"""Asks a server which models it serves, which version it is and when it was started."""

from __future__ import annotations

from difflib import SequenceMatcher

import httpx

from tasks.config.base import Frozen
from tasks.errors import InputError, ServegaugeError, ServerStartError
from tasks.probe.http_client import client_for, error_class, send_request
from tasks.probe.server_metrics import NAMES, START_TIME, fetch_metrics_page, parse_metrics
from tasks.serve.endpoint import Endpoint

MODELS_SHOWN = 5


class ServerIdentity(Frozen):
    """What a server reports about itself; None for what it does not report.

    `started_at`: seconds since 1970, UTC. `has_metrics`: /metrics has vLLM's metrics.
    """

    models: tuple[str, ...]
    version: str | None
    started_at: float | None
    has_metrics: bool


def server_identity(
    endpoint: Endpoint, *, managed: bool = False, transport: httpx.BaseTransport | None = None
) -> ServerIdentity:
    """Return the identity of a server that serves `endpoint.model`. `managed`: it was started here.

    Raises:
        InputError: it serves other models; they are listed, the nearest name first.
        EndpointError: it cannot be reached, or it needs another key.
        ServerStartError: either of these, if the server is `managed`.
    """
    with client_for(endpoint, transport) as client:
        models = _models(client, endpoint, managed)
        if endpoint.model not in models:
            raise _wrong_model_error(endpoint, models, managed)
        metrics = parse_metrics(fetch_metrics_page(client, endpoint), NAMES | {START_TIME})
        return ServerIdentity(
            models=models,
            version=_version(client, f"{endpoint.root}/version"),
            started_at=metrics.get(START_TIME),
            has_metrics=bool(metrics.keys() & NAMES),
        )


def _models(client: httpx.Client, endpoint: Endpoint, managed: bool) -> tuple[str, ...]:
    url = f"{endpoint.url}/models"
    response = send_request(client, "GET", url, managed=managed)
    try:
        return tuple(str(entry["id"]) for entry in response.json()["data"])
    except (ValueError, KeyError, TypeError):
        raise error_class(managed)(
            f"{url} does not list models as the OpenAI API does", "correct server.url: it ends in /v1"
        ) from None


def _wrong_model_error(endpoint: Endpoint, models: tuple[str, ...], managed: bool) -> ServegaugeError:
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
        version = client.get(url).json()["version"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return str(version)
