"""Prefect's temporary server, started here instead of by Prefect, so that it ends with this process."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from operate.request_guard import App, RequestGuard
from tasks.config.home import checkout
from tasks.errors import ExecutionError
from tasks.provision.die_with_parent import die_with_parent
from tasks.quick_imports import quick_imports
from tasks.serve.loopback import HOST
from tasks.serve.port import choose_port

if TYPE_CHECKING:
    import httpx

PAUSE_S = 0.1
STOP_S = 5.0
"""Seconds between SIGTERM and SIGKILL, as in Prefect."""
# As Prefect sets them for its temporary server: without its UI, and without a second one.
VARIABLES = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}

API_URL = "PREFECT_API_URL"
EPHEMERAL_SETTINGS = ("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "PREFECT_SERVER_EPHEMERAL_ENABLED")
SETTINGS_FILES = (".env", "prefect.toml", "pyproject.toml")
"""Files of the working directory that Prefect reads its settings from, after its profiles."""

_own_api_url: str | None = None  # module state on purpose: a process has one such server


def shared_api_url() -> str | None:
    """Return the address of the Prefect server that runs share; None where a run has a server of its own."""
    from prefect.settings import PREFECT_API_URL

    url = PREFECT_API_URL.value()
    return None if url == _own_api_url else url


def may_name_a_server() -> bool:
    """Return whether a Prefect server may be set: by a variable, or by a file that mentions it.

    Prefect itself would know, but takes more than a second to import.
    """
    if API_URL in os.environ:
        return bool(os.environ[API_URL])
    home = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    return any(_mentions_a_server(path) for path in (profiles, *map(Path, SETTINGS_FILES)))


def _mentions_a_server(path: Path) -> bool:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return False
    return API_URL in text or "prefect.api" in text or (path.name == "prefect.toml" and "[api]" in text)


def start_without_prefect() -> OwnPrefectServer | None:
    """Start the server before Prefect is imported; None where only Prefect's settings can say whether to.

    Call it in the main thread, as `start_own_server`.
    """
    if may_name_a_server() or any(name in os.environ for name in EPHEMERAL_SETTINGS):
        return None
    return OwnPrefectServer()


def start_own_server() -> OwnPrefectServer | None:
    """Start the server and return at once; None if Prefect's settings name a server or forbid this one.

    Call it in the main thread: the kernel kills the server when the thread that started it ends.
    """
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_EPHEMERAL_ENABLED

    if PREFECT_API_URL.value() or not PREFECT_SERVER_EPHEMERAL_ENABLED.value():
        return None
    return OwnPrefectServer()


class OwnPrefectServer:
    """Prefect's server on a free port of the loopback address. It dies with this process, even on SIGKILL."""

    def __init__(self) -> None:
        """Start the server. It answers a few seconds later."""
        self._start()
        # Exit handlers run in reverse order: Prefect's, registered later, still send their last events to it.
        atexit.register(self.stop)

    @property
    def running(self) -> bool:
        """Whether the server's process runs."""
        return self._process.poll() is None

    @property
    def api_url(self) -> str:
        """The address of the API; `wait_ready` may change it."""
        return f"http://{HOST}:{self._port}/api"

    def use(self) -> None:
        """Wait until the server answers, and make Prefect in this process use it, in every thread.

        Raises:
            ExecutionError: as `wait_ready`.
        """
        from prefect.context import refresh_global_settings_context

        global _own_api_url
        self.wait_ready()
        # Prefect knows a temporary server only as a class of its server, which takes three seconds to import.
        _own_api_url = os.environ[API_URL] = self.api_url
        refresh_global_settings_context()

    def wait_ready(self) -> None:
        """Wait until the server answers.

        Raises:
            ExecutionError: the server ended, or did not answer in time.
        """
        import httpx
        from prefect.settings import PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS

        deadline = time.monotonic() + float(PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value())
        restarted = False
        with httpx.Client() as client:
            while not self._is_ready(client):
                code = self._process.poll()
                if code is not None and not restarted:  # another process may have taken the port
                    restarted = True
                    self._start()
                elif code is not None or time.monotonic() > deadline:
                    raise _not_started(code)
                time.sleep(PAUSE_S)

    def stop(self) -> None:
        """End the server; kill it if it does not end in time."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._port = choose_port(None)
        self._process = subprocess.Popen(
            die_with_parent(_argv(self._port)),
            env={**os.environ, **VARIABLES, **_prefect_settings()},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the run first, which still writes its state
        )

    def _is_ready(self, client: httpx.Client) -> bool:
        import httpx

        try:
            return client.get(f"{self.api_url}/health").is_success
        except httpx.TransportError:
            return False


def _prefect_settings() -> dict[str, str]:
    """Return Prefect's settings in this process as variables. Without Prefect, the server reads its own."""
    if "prefect" not in sys.modules:
        return {}
    from prefect.settings import get_current_settings

    return get_current_settings().to_environment_variables(exclude_unset=True)


def guarded_app() -> App:
    """Make the application that uvicorn serves: Prefect's, closed to pages of other sites."""
    with quick_imports():
        from prefect.server.api.server import create_app

    return RequestGuard(create_app(), HOST)


def _argv(port: int) -> tuple[str, ...]:
    uvicorn = (sys.executable, "-P", "-m", "uvicorn", "--factory", f"{__name__}:{guarded_app.__name__}")
    # uvicorn would look for modules in the working directory first
    options = ("--app-dir", str(checkout()), "--log-level", "error", "--lifespan", "on")
    return (*uvicorn, *options, "--host", HOST, "--port", str(port))


def _not_started(exit_code: int | None) -> ExecutionError:
    if exit_code is not None:
        return ExecutionError(
            f"Prefect's own server did not start: it ended with exit code {exit_code}",
            "read its messages above, or use another server: set PREFECT_API_URL",
        )
    return ExecutionError(
        "Prefect's own server did not start in time",
        "stop other work on this machine, or use another server: set PREFECT_API_URL",
    )
