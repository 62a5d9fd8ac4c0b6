"""The trusted certificates for TLS, the same for probes and load."""

from __future__ import annotations

import os
import ssl

import httpx

from tasks.errors import InputError

CERT_FILE, CERT_DIR = "SSL_CERT_FILE", "SSL_CERT_DIR"


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts the certificates in SSL_CERT_FILE or SSL_CERT_DIR.

    If neither is set, the context trusts the authorities that come with httpx and those of this machine.

    Raises:
        InputError: SSL_CERT_FILE does not name a readable file with certificates.
    """
    path = os.environ.get(CERT_FILE)
    try:
        if path and not os.path.isfile(path):
            raise FileNotFoundError("no such file")
        context = httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one
        raise InputError(
            f"{CERT_FILE} names {path}, which cannot be read: {error}",
            f"set {CERT_FILE} to a PEM file with the certificate of the server's authority, or unset it",
        ) from None
    if not (path or os.environ.get(CERT_DIR)):
        context.load_default_certs()
    return context


def certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return the certificate verification error among an error and its causes; None if there is none."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def certificate_remedy() -> str:
    """Return the remedy for a server certificate that is not trusted."""
    path = os.environ.get(CERT_FILE)
    now = f"now {path}" if path else "not set"
    return (
        f"set {CERT_FILE} ({now}) to a PEM file with the certificate of the server's authority, and write "
        "the host in server.url as the certificate names it"
    )
