"""The settings of one `servegauge up`, and what follows from them: addresses, folder, variables."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.home import home
from tasks.config.results_location import ResultsLocation


class UpSettings(Frozen):
    """The options of the command."""

    host: str = "127.0.0.1"
    port: int = 4200
    auth: str | None = None
    results: ResultsLocation = ResultsLocation(folder=Path("results"))

    @property
    def address(self) -> str:
        """The address of the UI for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def api_url(self) -> str:
        """The address of the server's REST API."""
        return f"{self.address}/api"

    @property
    def folder(self) -> Path:
        """Prefect's home: database, logs and lock."""
        return home() / "prefect"

    @property
    def results_text(self) -> str:
        """The results location, a folder as an absolute path."""
        return str(self.results) if self.results.bucket else str(self.results.folder.resolve())

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables of server, workers and commands; the password is in no command line."""
        prefect = {
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_SERVER_UI_API_URL": "/api",  # works under any name that a browser has for this machine
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            # With leases in memory, a restart of the server would crash the run that holds the GPU slot, and
            # the slot would stay occupied.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "SERVEGAUGE_RESULTS": self.results_text,
            "PYTHONUNBUFFERED": "1",
        }
        if self.auth:
            prefect |= {"PREFECT_SERVER_API_AUTH_STRING": self.auth, "PREFECT_API_AUTH_STRING": self.auth}
        return {**os.environ, **prefect}
