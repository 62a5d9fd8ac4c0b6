"""Checks `server.headers`: extra request headers, each with the variable that holds its value."""

from __future__ import annotations

import re

from tasks.config.refusal import refuse

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SENT_BY_THE_CLIENT = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "accept-encoding",
        "user-agent",
        "expect",
        "upgrade",
        "te",
    }
)
"""Headers that the load generator sets itself, in lower case."""


def check_headers(headers: dict[str, str], has_key: bool) -> dict[str, str]:
    """Return the headers unchanged. Raise `refuse`'s error if one cannot be sent.

    Args:
        headers: names of environment variables by header name.
        has_key: whether `api_key_env` is set, which sends the header Authorization.
    """
    seen: set[str] = set()
    for name in headers:
        lower = name.lower()
        if not _NAME.fullmatch(name):
            raise refuse(f"{name!r} is no name of a header", "write it as in HTTP, for example X-Team")
        if lower in SENT_BY_THE_CLIENT:
            raise refuse(f"{name} is set by the load generator itself", "remove it")
        if lower in seen:
            raise refuse(f"{name} is listed twice", "list each header once; upper and lower case are alike")
        if lower == "authorization" and has_key:
            raise refuse("Authorization is sent with the key of api_key_env", "remove one of the two")
        seen.add(lower)
    return headers
