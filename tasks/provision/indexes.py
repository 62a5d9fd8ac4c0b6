"""Which package indexes a build uses: those of the file or their replacement, as far as they answer."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping

import httpx

from tasks.provision.pip_settings import UvSettings

REPLACEMENT = "SERVEGAUGE_EXTRA_INDEX"
PATIENCE_S = 5.0


def extra_indexes(listed: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The file's extra indexes, or what SERVEGAUGE_EXTRA_INDEX puts in their place (`none`: nothing)."""
    replacement = environ.get(REPLACEMENT, "").split()
    if not replacement:
        return listed
    return () if replacement == ["none"] else tuple(replacement)


def index_answers(url: str, settings: UvSettings) -> bool:
    """Whether an index answers at all within a few seconds; one that is a folder does.

    Its root may well say 403 or 404: many indexes only answer for a package's name.
    """
    if not url.startswith(("http://", "https://")):
        return True
    bundle = settings.env.get("SSL_CERT_FILE")
    try:
        verify = ssl.create_default_context(cafile=bundle) if bundle else True
        # One that stands in the environment httpx finds by itself, and NO_PROXY with it.
        proxy = settings.env.get("HTTPS_PROXY")
        proxy = None if proxy in (os.environ.get("HTTPS_PROXY"), os.environ.get("https_proxy")) else proxy
        with httpx.Client(verify=verify, proxy=proxy, timeout=PATIENCE_S, follow_redirects=True) as client:
            return client.head(url).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, ValueError):
        return False
