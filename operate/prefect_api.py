"""A small client of Prefect's REST API, for code that needs no import of Prefect."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tasks.errors import ExecutionError, InputError

TRIES = 10
PAUSE_S = 1.0
TIMEOUT_S = 30.0
CSRF_TOKEN, CSRF_CLIENT = "Prefect-Csrf-Token", "Prefect-Csrf-Client"


class PrefectApi:
    """Requests to one Prefect server: `with PrefectApi(url, auth) as api`. Raises httpx.HTTPError."""

    def __init__(self, url: str, auth: str | None = None) -> None:
        """Set the address, including /api, and `user:password` if the server requires authentication."""
        user, _, password = (auth or "").partition(":")
        basic = httpx.BasicAuth(user, password) if auth else None
        self._http = httpx.Client(base_url=url, auth=basic, timeout=TIMEOUT_S, trust_env=False)

    def __enter__(self) -> PrefectApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> Any:
        """Send a GET request; returns the response's JSON."""
        return self._request("GET", path, None).raise_for_status().json()

    def send(self, method: str, path: str, body: object) -> Any:
        """Send a request with a JSON body; returns the response's JSON, or None for an empty response."""
        response = self._request(method, path, body).raise_for_status()
        return response.json() if response.content else None

    def create_missing(self, path: str, name: str, body: object) -> None:
        """Create an object with a POST to `path`, unless `path/name` exists.

        Prefect refuses to create it twice, but the failed transaction locks a SQLite database for up to a
        minute. Therefore this method looks the object up first.
        """
        if self._request("GET", f"{path.rstrip('/')}/{name}", None).status_code != httpx.codes.NOT_FOUND:
            return
        response = self._request("POST", path, body)
        if response.status_code != httpx.codes.CONFLICT:  # another process created it meanwhile
            response.raise_for_status()

    def _request(self, method: str, path: str, body: object) -> httpx.Response:
        """Send a request; repeat it while the server answers 503 because its SQLite database is locked."""
        if method != "GET" and CSRF_TOKEN not in self._http.headers:
            self._add_csrf_token()
        for _ in range(TRIES):
            response = self._http.request(method, path, json=body)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(PAUSE_S)
        return response

    def _add_csrf_token(self) -> None:
        """Add the CSRF token that the server requires for changes, unless its CSRF protection is off.

        The token is valid for an hour, longer than any client here lives.
        """
        client = str(uuid.uuid4())
        response = self._request("GET", f"/csrf-token?client={client}", None)
        if response.is_success:
            self._http.headers[CSRF_TOKEN] = response.json()["token"]
            self._http.headers[CSRF_CLIENT] = client


@contextmanager
def prefect_api() -> Iterator[PrefectApi]:
    """Yield a client of the server that PREFECT_API_URL names, and convert HTTP errors in the block.

    Raises:
        InputError: PREFECT_API_URL is not set.
        ExecutionError: the server cannot be reached, or refuses a request.
    """
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        raise InputError("PREFECT_API_URL is not set", "set it, or start a server with: servegauge up")
    try:
        with PrefectApi(url, os.environ.get("PREFECT_API_AUTH_STRING")) as api:
            yield api
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        answer = f"{status} {error.response.text[:300]}"
        remedy = "set PREFECT_API_AUTH_STRING" if status == httpx.codes.UNAUTHORIZED else "read its log"
        raise ExecutionError(f"Prefect's server at {url} answered {answer}", remedy) from None
    except httpx.HTTPError as error:
        raise ExecutionError(
            f"no Prefect server answers at {url}: {error}", "start it, or correct the address"
        ) from None
