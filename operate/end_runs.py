"""Ends all runs when `servegauge up` stops: active runs are cancelled, queued runs wait for the next `up`."""

from __future__ import annotations

import time
from contextlib import suppress

import httpx

from operate.prefect_api import PrefectApi
from operate.up_settings import UpSettings
from operate.work_pool import POOL

STOP_LIMIT_S = 30.0
PAUSE_S = 0.5
ACTIVE_STATES = ["PENDING", "RUNNING", "CANCELLING"]


def pause_pool(settings: UpSettings, paused: bool) -> None:
    """Pause the work pool, or resume it: workers start no queued run while it is paused."""
    with PrefectApi(settings.api_url, settings.auth) as api:
        api.send("PATCH", f"/work_pools/{POOL}", {"is_paused": paused})


def end_runs(settings: UpSettings) -> None:
    """Cancel all active runs and wait until they have ended, so that each one records its outcome.

    Returns after STOP_LIMIT_S, or when the server no longer answers.
    """
    with suppress(httpx.HTTPError):
        # Otherwise the worker starts a queued run when a run ends; the new run would end with the worker.
        pause_pool(settings, True)
    with suppress(httpx.HTTPError), PrefectApi(settings.api_url, settings.auth) as api:
        _cancel_until_ended(api, time.monotonic() + STOP_LIMIT_S)


def _cancel_until_ended(api: PrefectApi, deadline: float) -> None:
    active = {"flow_runs": {"state": {"type": {"any_": ACTIVE_STATES}}}}
    cancelling = {"state": {"type": "CANCELLING", "message": "servegauge up is stopping"}}
    cancelled: set[str] = set()
    while time.monotonic() < deadline:
        runs = [run["id"] for run in api.send("POST", "/flow_runs/filter", active)]
        if not runs:
            return
        for run in runs:
            if run not in cancelled:
                api.send("POST", f"/flow_runs/{run}/set_state", cancelling)
                cancelled.add(run)
        time.sleep(PAUSE_S)
