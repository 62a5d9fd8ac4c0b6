"""Validates the server address in a spec, and splits it into base and query."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from pydantic_core import PydanticCustomError

from tasks.config.refusal import refuse

ADDRESS = r"^https?://[^/\s]+(/.*)?$"
"""Pattern of the base URL of an OpenAI API."""
WEB_ADDRESS = r"^https?://"
"""Pattern of any other web address."""
REQUEST_PATHS = ("/chat/completions", "/completions", "/models")
"""What the load generator appends to a base URL."""
CREDENTIAL_NAMES = frozenset(
    {"key", "api-key", "api_key", "apikey", "access_token", "token", "sig", "signature", "subscription-key"}
)
"""Query fields that hold a secret. They are refused, because addresses are printed and recorded."""


def check_address(url: str) -> str:
    """Return the address unchanged. Raise `refuse`'s error if it is invalid or contains a secret."""
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
    base = base_of(url)
    for path in REQUEST_PATHS:
        if base.endswith(path):
            raise refuse(
                f"{url} is where requests go", f"cut the address after /v1: {base.removesuffix(path)}"
            )
    return url


def without_scheme(text: str) -> PydanticCustomError:
    """Return the error for a text that does not begin with http:// or https://; a secret is not repeated."""
    if "://" in text or text.startswith("/") or not text:
        return refuse("it is no address of a web server", "write it as http://HOST:PORT/PATH")
    try:
        check_address(f"http://{text}")
    except PydanticCustomError as error:
        return error
    return refuse(f"{text} does not begin with http:// or https://", f"write it as http://{text}")


def base_of(url: str) -> str:
    """Return the address without its query and without trailing slashes."""
    return url.partition("?")[0].rstrip("/")


def query_of(url: str) -> str:
    """Return the query of the address, without `?`; empty if there is none."""
    return url.partition("?")[2]
