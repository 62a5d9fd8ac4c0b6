"""The settings of one `servegauge up`, and the addresses, folder and variables derived from them."""

from __future__ import annotations

import os
from pathlib import Path

from operate.prefect_server import DEFAULTS, address_of
from tasks.config.base import Frozen
from tasks.config.home import home
from tasks.config.results_location import ResultsLocation


class UpSettings(Frozen):
    """The options of `servegauge up`."""

    host: str = "127.0.0.1"
    port: int = 4200
    auth: str | None = None
    no_auth: bool = False
    specs: Path | None = None
    results: ResultsLocation = ResultsLocation(folder=Path("results"))

    @property
    def address(self) -> str:
        """The address of the UI for a browser on this machine."""
        return address_of(self.host, self.port)

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
        """Environment variables of the server, workers and commands. No command line holds the password."""
        prefect = {
            **DEFAULTS,
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "SERVEGAUGE_RESULTS": self.results_text,
            "PYTHONUNBUFFERED": "1",
        }
        if self.specs:
            prefect["SERVEGAUGE_SPECS"] = str(self.specs)
        if self.auth:
            prefect |= {"PREFECT_SERVER_API_AUTH_STRING": self.auth, "PREFECT_API_AUTH_STRING": self.auth}
        return {**os.environ, **prefect}
