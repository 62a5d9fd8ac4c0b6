"""Prefect's server with a guard in front of it, and with settings that let no other site call it."""

from __future__ import annotations

import os

from operate.request_guard import App, RequestGuard
from tasks.config.base import Frozen
from tasks.config.home import home

ORIGINS = "SERVEGAUGE_ORIGINS"
"""The environment variable with further origins, comma-separated: a proxy's origin as a browser shows it."""
DEFAULTS = {
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    "PREFECT_SERVER_UI_API_URL": "/api",  # works under any name that a browser has for this machine
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    # With leases in memory, a restart of the server would crash the run that holds the GPU slot, and
    # the slot would stay occupied.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "DO_NOT_TRACK": "1",
}
"""Defaults for variables that the server's environment does not set."""


class ServerSettings(Frozen):
    """The options of `servegauge prefect-server`."""

    host: str = "127.0.0.1"
    port: int = 4200
    auth: str | None = None
    services: bool = True

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that the operator named."""
        return tuple(filter(None, os.environ.get(ORIGINS, "").replace(" ", "").split(",")))


def address_of(host: str, port: int) -> str:
    """Return the address of a server for a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def run_prefect_server(settings: ServerSettings) -> None:
    """Serve Prefect's API and UI in this process until SIGINT or SIGTERM."""
    _set_variables(settings)
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    server = get_current_settings().server
    app: App = create_app(final=True, webserver_only=not settings.services)
    uvicorn.run(
        RequestGuard(app, settings.host, settings.origins),
        host=settings.host,
        port=settings.port,
        timeout_keep_alive=server.api.keepalive_timeout,
        ws_ping_interval=server.api.websocket_ping_interval,
        ws_ping_timeout=server.api.websocket_ping_timeout,
        log_level=server.logging_level.lower(),
    )


def _set_variables(settings: ServerSettings) -> None:
    """Set the variables that Prefect reads when it is imported."""
    address = address_of(settings.host, settings.port)
    own = {
        "PREFECT_HOME": str(home() / "prefect"),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join((address, *settings.origins)),
    }
    for name, value in (DEFAULTS | own).items():
        os.environ.setdefault(name, value)
    if settings.auth:
        os.environ["PREFECT_SERVER_API_AUTH_STRING"] = settings.auth
        os.environ["PREFECT_API_AUTH_STRING"] = settings.auth
