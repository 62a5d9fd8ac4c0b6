"""The HTTP client of the probes, and the errors for responses that are not as expected."""

from __future__ import annotations

import httpx

from tasks.errors import EndpointError, ExecutionError, ServerStartError
from tasks.serve.endpoint import Endpoint


def client_for(
    endpoint: Endpoint, transport: httpx.BaseTransport | None = None, timeout_s: float = 10.0
) -> httpx.Client:
    """Return a client that sends the endpoint's key. `transport` replaces the network in tests.

    Proxy settings of the machine apply only to other hosts: a proxy cannot reach this machine's loopback.
    """
    return httpx.Client(
        headers=endpoint.headers, transport=transport, timeout=timeout_s, trust_env=not endpoint.is_local
    )


def error_class(managed: bool) -> type[ExecutionError]:
    """Return ServerStartError for a server that was started here, else EndpointError."""
    return ServerStartError if managed else EndpointError


def send_request(
    client: httpx.Client, method: str, url: str, *, managed: bool, body: object = None
) -> httpx.Response:
    """Return the response, whose status is 200.

    Raises:
        EndpointError: there is no response or it has another status.
        ServerStartError: the same, if the server is `managed`, that is started here.
    """
    error = error_class(managed)
    try:
        response = client.request(method, url, json=body)
    except httpx.TimeoutException:
        raise error(
            f"{url} did not answer within {client.timeout.read:g} s", "see whether the server is overloaded"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as cause:
        raise error(
            f"{url} cannot be reached: {cause or type(cause).__name__}",
            "read the server's log" if managed else "start the server there, or correct server.url",
        ) from None
    if response.status_code != 200:
        raise _status_error(error, response, url)
    return response


def is_healthy(client: httpx.Client, endpoint: Endpoint) -> bool:
    """Return whether the health check answers 200; false where the request fails."""
    try:
        return client.get(endpoint.health_url).status_code == 200
    except httpx.HTTPError:
        return False


def message_of(response: httpx.Response) -> str:
    """Return the error message in a response, on one line of at most 300 characters."""
    try:
        body = response.json()
        error = body.get("error", body)
        message = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        message = None
    return " ".join(str(message or response.text).split())[:300]


def _status_error(error: type[ExecutionError], response: httpx.Response, url: str) -> ExecutionError:
    status, location = response.status_code, response.headers.get("Location")
    what = f"{url} answered {status}: {message_of(response)}".rstrip(": ")
    if status in (401, 403):
        return error(what, "set server.api_key_env to the name of the variable that holds the server's key")
    if status in (301, 302, 303, 307, 308) and location:
        return error(
            f"{what}: it redirects to {location}", "set server.url to that address, up to and with /v1"
        )
    if status == 404:
        return error(what, "correct server.url (it ends in /v1), or the sweep's `endpoint`")
    return error(what, "read the server's log")
