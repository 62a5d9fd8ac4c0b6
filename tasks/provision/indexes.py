"""The extra package indexes of a build, and which of them answer."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping

import httpx

from tasks.config.base import Frozen
from tasks.provision.pip_settings import UvSettings

REPLACEMENT_VARIABLE = "SERVEGAUGE_EXTRA_INDEX"
TIMEOUT_S = 5.0


class Indexes(Frozen):
    """Addresses of the extra indexes of a build."""

    answering: tuple[str, ...]
    """uv searches these."""
    unreachable: tuple[str, ...]
    """These do not answer. They are not searched: uv fails at the first index that does not answer."""


def index_answers(url: str, settings: UvSettings) -> bool:
    """Return whether an index answers within a few seconds. A folder always does.

    A status of 403 or 404 counts as an answer: many indexes only have pages for packages.
    """
    if not url.startswith(("http://", "https://")):
        return True
    bundle = settings.env.get("SSL_CERT_FILE")
    proxy = settings.env.get("HTTPS_PROXY")
    # httpx reads a proxy from the environment itself, and applies NO_PROXY only then.
    if proxy in (os.environ.get("HTTPS_PROXY"), os.environ.get("https_proxy")):
        proxy = None
    try:
        verify = ssl.create_default_context(cafile=bundle) if bundle else True
        with httpx.Client(verify=verify, proxy=proxy, timeout=TIMEOUT_S, follow_redirects=True) as client:
            return client.head(url).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, ValueError):
        return False


def extra_indexes(listed: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the indexes that a file lists, or the replacement that SERVEGAUGE_EXTRA_INDEX names.

    Args:
        listed: the file's indexes.
        environ: has the variable, several addresses separated by spaces; `none` means no index.
    """
    replacement = environ.get(REPLACEMENT_VARIABLE, "").split()
    if not replacement:
        return listed
    return () if replacement == ["none"] else tuple(replacement)


def choose_indexes(
    listed: tuple[str, ...], settings: UvSettings, answers: Callable[[str, UvSettings], bool] = index_answers
) -> Indexes:
    """Return the extra indexes of a file and of the machine's settings, split by whether they answer."""
    answering, unreachable = list[str](), list[str]()
    for url in (*extra_indexes(listed), *settings.values("UV_INDEX")):
        (answering if answers(url, settings) else unreachable).append(url)
    return Indexes(answering=tuple(answering), unreachable=tuple(unreachable))
