"""The HTTP client of the probes, and the errors for responses that are not as expected."""

from __future__ import annotations

import httpx

from tasks.errors import EndpointError, ExecutionError, ServerStartError
from tasks.probe.bounded_response import bound_body, json_of
from tasks.serve.endpoint import Endpoint
from tasks.serve.tls import certificate_error, certificate_remedy, tls_context
from tasks.text import status_and_message

REDIRECTS = (301, 302, 303, 307, 308)
NO_REUSE = httpx.Limits(max_keepalive_connections=0)
NO_TLS = "WRONG_VERSION_NUMBER"
"""The OpenSSL error for a response that is not TLS."""


def client_for(
    endpoint: Endpoint,
    transport: httpx.BaseTransport | None = None,
    timeout_s: float = 10.0,
    *,
    reuse: bool = True,
) -> httpx.Client:
    """Return a client that sends the endpoint's headers.

    Args:
        endpoint: the server.
        transport: replaces the network in tests.
        timeout_s: seconds to wait for each response.
        reuse: whether connections are kept. Some servers close them after each response, and a request that
            follows at once would fail.

    Proxy settings of the machine apply only to other hosts: a proxy cannot reach this machine's loopback.

    Raises:
        InputError: SSL_CERT_FILE names no file with certificates.
    """
    return httpx.Client(
        headers=endpoint.headers,
        transport=transport,
        timeout=timeout_s,
        trust_env=not endpoint.is_local,
        event_hooks={"response": [bound_body]},
        verify=tls_context(),
        limits=httpx.Limits() if reuse else NO_REUSE,
    )


def error_class(managed: bool) -> type[ExecutionError]:
    """Return ServerStartError for a server that was started here, else EndpointError."""
    return ServerStartError if managed else EndpointError


def send_request(
    client: httpx.Client, url: str, endpoint: Endpoint, *, managed: bool, body: object = None
) -> httpx.Response:
    """Send `body` as JSON by POST, or a GET request without a body; return the response, whatever its status.

    Raises:
        EndpointError: there is no response.
        ServerStartError: the same, if the server is `managed`, that is started here.
    """
    error, address = error_class(managed), without_query(url)
    try:
        return client.get(url) if body is None else client.post(url, json=body)
    except httpx.TimeoutException:
        raise error(
            f"{address} did not answer within {client.timeout.read:g} s",
            "check whether the server is overloaded",
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as cause:
        reason = endpoint.masked(str(cause)) or type(cause).__name__
        raise error(f"{address} cannot be reached: {reason}", _remedy_of(cause, managed)) from None


def check_status(response: httpx.Response, endpoint: Endpoint, *, managed: bool) -> None:
    """Raise an error for a status other than 200, with the server's message and a remedy.

    Raises:
        EndpointError: the status is not 200.
        ServerStartError: the same, if the server is `managed`.
    """
    if response.status_code == 200:
        return
    status, location = response.status_code, response.headers.get("Location")
    message = endpoint.masked(message_of(response))
    what = f"{without_query(str(response.request.url))} answered {status_and_message(status, message)}"
    if status in REDIRECTS and location:
        what += f": it redirects to {without_query(location)}"
    raise error_class(managed)(what, _remedy_for(status, endpoint, bool(location)))


def without_query(url: str) -> str:
    """Return an address without its query, for messages."""
    return url.partition("?")[0]


def is_healthy(client: httpx.Client, endpoint: Endpoint) -> bool:
    """Return whether the health check answers 200; false where the request fails."""
    return status_of(client, endpoint.health_url) == 200


def status_of(client: httpx.Client, url: str) -> int | None:
    """Return the status of a GET; None where the request fails."""
    try:
        return client.get(url).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


def message_of(response: httpx.Response) -> str:
    """Return the error message in a response, on one line of at most 300 characters."""
    try:
        body = json_of(response)
        error = body.get("error", body)
        message = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        message = None
    return " ".join(str(message or response.text).split())[:300]


def _remedy_of(cause: Exception, managed: bool) -> str:
    """What to do about a request without a response."""
    if certificate_error(cause):
        return certificate_remedy()
    if NO_TLS in str(cause):
        return "write http:// in server.url: the server speaks no TLS"
    return "read the server's log" if managed else "start the server there, or correct server.url"


def _remedy_for(status: int, endpoint: Endpoint, redirected: bool) -> str:
    """What to do about a status that is not 200."""
    if status in (401, 403):
        if endpoint.secrets:
            return "see whether the key in server.api_key_env's variable is right and allows this request"
        return "set server.api_key_env to the name of the variable that holds the server's key"
    if redirected and status in REDIRECTS:
        return "set server.url to that address, up to and with /v1"
    if status == 404 and not endpoint.ends_in_version:
        return "correct server.url, which does not end in /v1, or the sweep's `endpoint`"
    if status in (404, 405):
        return "use the kind of request that the server has (completions or chat) as the sweep's `endpoint`"
    if status in (400, 422):
        return "change what the message names: a field of `request`, the model or the sweep's `endpoint`"
    if status == 429:
        return "wait until the server accepts requests again, or have its limit raised"
    return "read the server's log"
