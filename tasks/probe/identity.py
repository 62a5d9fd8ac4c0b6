"""Who answers at an address: the models it names, its version, the moment it was started."""

from __future__ import annotations

from difflib import SequenceMatcher

import httpx

from tasks.config.base import Frozen
from tasks.errors import EndpointError, InputError, ServegaugeError, ServerStartError
from tasks.probe.http_client import ask, client_for
from tasks.probe.server_metrics import NAMES, START_TIME, metrics_text, values_of
from tasks.serve.endpoint import Endpoint

NAMES_SHOWN = 5


class ServerIdentity(Frozen):
    """What a server says of itself; None where it does not say.

    `started_at`: seconds since 1970, UTC. `has_metrics`: it counts tokens as vLLM does.
    """

    models: tuple[str, ...]
    version: str | None
    started_at: float | None
    has_metrics: bool


def server_identity(
    endpoint: Endpoint, *, ours: bool = False, transport: httpx.BaseTransport | None = None
) -> ServerIdentity:
    """Ask who is there, and refuse one that does not serve `endpoint.model`. `ours`: it was started here.

    Raises:
        InputError: it serves other models; they are listed, the nearest name first.
        EndpointError: it cannot be reached, or wants another key.
        ServerStartError: either, where the server is `ours`.
    """
    with client_for(endpoint, transport) as client:
        models = _models(client, endpoint, ours)
        if endpoint.model not in models:
            raise _other_model(endpoint, models, ours)
        figures = values_of(metrics_text(client, endpoint), NAMES | {START_TIME})
        return ServerIdentity(
            models=models,
            version=_version(client, f"{endpoint.root}/version"),
            started_at=figures.get(START_TIME),
            has_metrics=bool(figures.keys() & NAMES),
        )


def _models(client: httpx.Client, endpoint: Endpoint, ours: bool) -> tuple[str, ...]:
    url = f"{endpoint.url}/models"
    response = ask(client, "GET", url, ours=ours)
    try:
        return tuple(str(entry["id"]) for entry in response.json()["data"])
    except (ValueError, KeyError, TypeError):
        refuse = ServerStartError if ours else EndpointError
        raise refuse(
            f"{url} does not list models as the OpenAI API does", "correct server.url: it ends in /v1"
        ) from None


def _other_model(endpoint: Endpoint, models: tuple[str, ...], ours: bool) -> ServegaugeError:
    def likeness(name: str) -> float:
        return SequenceMatcher(None, endpoint.model.lower(), name.lower()).ratio()

    near = sorted(models, key=likeness, reverse=True)
    more = f" and {len(near) - NAMES_SHOWN} more" if len(near) > NAMES_SHOWN else ""
    serves = ", ".join(map(repr, near[:NAMES_SHOWN])) + more or "no model"
    what = f"{endpoint.url} does not serve {endpoint.model!r}; it serves {serves}"
    if ours:
        return ServerStartError(
            what, "see whether another server took the port, or correct server.served_name"
        )
    return InputError(
        f"server.model: {what}", f"set server.model to {near[0]!r}" if near else "load a model there"
    )


def _version(client: httpx.Client, url: str) -> str | None:
    try:
        version = client.get(url).json()["version"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return str(version)
