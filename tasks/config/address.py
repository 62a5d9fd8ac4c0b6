"""The address of a server as a spec writes it: what is refused, and its parts."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from tasks.config.refusal import refuse

CREDENTIAL_NAMES = frozenset(
    {"key", "api-key", "api_key", "apikey", "access_token", "token", "sig", "signature", "subscription-key"}
)
"""Names of query fields that hold a secret. An address is printed and recorded; a secret must not be."""


def check_address(url: str) -> str:
    """Return the address; raises what a validator raises where it is wrong or holds a secret."""
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
        query_names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        raise refuse(f"{url} is not a URL", "write http://HOST:PORT/v1, an IPv6 host in brackets") from None
    if "@" in parts.netloc:
        raise refuse(
            "the URL holds credentials", "name the environment variable with the API key in api_key_env"
        )
    secret_names = sorted(query_names & CREDENTIAL_NAMES)
    if secret_names:
        raise refuse(
            f"the URL's query holds a secret ({secret_names[0]})",
            "name the environment variable that holds it in api_key_env or in headers",
        )
    if not valid:
        raise refuse(f"{url} is not a URL", "write http://HOST:PORT/v1, an IPv6 host in brackets")
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise refuse(
            "the URL holds a fragment, a space or a character that a URL cannot hold",
            "remove it, or write it percent-encoded",
        )
    return url


def base_of(url: str) -> str:
    """The address without its query and without slashes at the end."""
    return url.partition("?")[0].rstrip("/")


def query_of(url: str) -> str:
    """What follows `?` in the address; empty for none."""
    return url.partition("?")[2]
