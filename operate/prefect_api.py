"""A thin client of Prefect's REST API, for what needs no Prefect in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tasks.errors import ExecutionError, InputError

TRIES = 10
PAUSE_S = 1.0


class PrefectApi:
    """Requests to one Prefect server; `with Api(url, auth) as api`. Raises httpx.HTTPError."""

    def __init__(self, url: str, auth: str | None = None) -> None:
        """Take the address up to and with /api, and user:password where the server asks for it."""
        user, _, password = (auth or "").partition(":")
        basic = httpx.BasicAuth(user, password) if auth else None
        self._http = httpx.Client(base_url=url, auth=basic, timeout=30, trust_env=False)

    def __enter__(self) -> PrefectApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> Any:
        """The answer's JSON."""
        return self._ask("GET", path, None).raise_for_status().json()

    def send(self, method: str, path: str, body: object) -> Any:
        """The answer's JSON, None where it has none."""
        answer = self._ask(method, path, body).raise_for_status()
        return answer.json() if answer.content else None

    def make(self, path: str, name: str, body: object) -> None:
        """Create what stands at `path` under a name, where it is not there already.

        It is looked for first: a second creation is refused, and the transaction that failed keeps a SQLite
        database locked for up to a minute.
        """
        if self._ask("GET", f"{path.rstrip('/')}/{name}", None).status_code != httpx.codes.NOT_FOUND:
            return
        answer = self._ask("POST", path, body)
        if answer.status_code != httpx.codes.CONFLICT:  # somebody else was quicker
            answer.raise_for_status()

    def _ask(self, method: str, path: str, body: object) -> httpx.Response:
        """A locked SQLite database is answered with 503; the next second it is free."""
        for _ in range(TRIES):
            answer = self._http.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(PAUSE_S)
        return answer


@contextmanager
def prefect_api() -> Iterator[PrefectApi]:
    """The server that the environment names.

    Raises:
        InputError: it names none.
        ExecutionError: it cannot be reached, or refuses a request.
    """
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        raise InputError("PREFECT_API_URL is not set", "set it, or start a server with: servegauge up")
    try:
        with PrefectApi(url, os.environ.get("PREFECT_API_AUTH_STRING")) as api:
            yield api
    except httpx.HTTPStatusError as error:
        said = f"{error.response.status_code} {error.response.text[:300]}"
        hint = "set PREFECT_API_AUTH_STRING" if error.response.status_code == 401 else "read its log"
        raise ExecutionError(f"Prefect's server at {url} said {said}", hint) from None
    except httpx.HTTPError as error:
        raise ExecutionError(
            f"no Prefect server answers at {url}: {error}", "start it, or mend the address"
        ) from None
