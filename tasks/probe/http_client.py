"""How the probes ask a server: one small HTTP client, and the words for an answer that was no answer."""

from __future__ import annotations

import ipaddress

import httpx

from tasks.errors import EndpointError, ExecutionError, ServerStartError
from tasks.serve.endpoint import Endpoint


def client_for(
    endpoint: Endpoint, transport: httpx.BaseTransport | None = None, timeout_s: float = 10.0
) -> httpx.Client:
    """A client that carries the endpoint's key; `transport` is httpx's own seam for tests.

    The machine's proxy settings are honoured for other hosts only: a proxy cannot reach our loopback.
    """
    return httpx.Client(
        headers=endpoint.headers,
        transport=transport,
        timeout=timeout_s,
        trust_env=not loopback(httpx.URL(endpoint.url).host),
    )


def ask(client: httpx.Client, method: str, url: str, *, ours: bool, body: object = None) -> httpx.Response:
    """The response with status 200.

    Raises:
        EndpointError: anything else, saying what and what to do; ServerStartError where the server is `ours`.
    """
    refuse = ServerStartError if ours else EndpointError
    try:
        response = client.request(method, url, json=body)
    except httpx.TimeoutException:
        limit = client.timeout.read
        raise refuse(
            f"{url} did not answer within {limit:g} s", "see whether the server is overloaded"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise refuse(
            f"{url} cannot be reached: {error or type(error).__name__}",
            "read the server's log" if ours else "start the server there, or correct server.url",
        ) from None
    if response.status_code != 200:
        raise _refusal(refuse, response, url)
    return response


def message_of(response: httpx.Response) -> str:
    """What the server says about an error, one line, at most 300 characters."""
    try:
        body = response.json()
        error = body.get("error", body)
        text = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        text = None
    return " ".join(str(text or response.text).split())[:300]


def _refusal(refuse: type[ExecutionError], response: httpx.Response, url: str) -> ExecutionError:
    what = f"{url} answered {response.status_code}: {message_of(response)}".rstrip(": ")
    match response.status_code:
        case 401 | 403:
            return refuse(
                what, "set server.api_key_env to the name of the variable that holds the server's key"
            )
        case 301 | 302 | 303 | 307 | 308 if there := response.headers.get("Location"):
            return refuse(
                f"{what}: it sends to {there}", "set server.url to that address, up to and with /v1"
            )
        case 404:
            return refuse(what, "correct server.url (it ends in /v1), or the sweep's `endpoint`")
        case _:
            return refuse(what, "read the server's log")


def loopback(host: str) -> bool:
    """Whether a host is this machine, named as such."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
