"""The checks of `servegauge doctor` over the network: Prefect, package index, model hubs, trackers."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from cli.doctor.diagnosis import Diagnosis
from tasks.config.base import Frozen
from tasks.config.hubs import HUB_SITES
from tasks.config.trackers import MLFLOW_TOKEN, MLFLOW_USER
from tasks.provision.indexes import index_answers
from tasks.provision.pip_settings import redacted, uv_settings

TIMEOUT_S = 4.0
MLFLOW_URI = "MLFLOW_TRACKING_URI"
"""The variable from which MLflow's clients take their server."""

Reach = Callable[[str], bool]
"""Returns whether the service at an address answers."""


class Site(Frozen):
    """A web service that runs may use. `variable`: the environment variable that overrides its address."""

    name: str
    variable: str | None = None
    address: str
    remedy: str


SWANLAB = Site(
    name="SwanLab",
    address="https://api.swanlab.cn",
    remedy="keep track.swanlab.mode offline or disabled",
)


def sites() -> tuple[Site, ...]:
    """The model hubs, then the tracker."""
    hubs = [
        Site(
            name=hub.name,
            variable=hub.address_variable,
            address=hub.address,
            remedy=f"set {hub.address_variable} to a mirror, or set server.model to a folder",
        )
        for hub in HUB_SITES.values()
    ]
    return (*hubs, SWANLAB)


def diagnose_network(reach: Reach | None = None, mlflow: str | None = None) -> tuple[Diagnosis, ...]:
    """Run all checks in parallel; return the diagnoses in the order in which a run uses the services.

    Args:
        reach: returns whether an address answers; tests pass a fake.
        mlflow: the address of an MLflow server; None takes that of MLFLOW_TRACKING_URI.
    """
    reach_site = reach or _site_answers
    with ThreadPoolExecutor() as pool:
        checks = [pool.submit(_prefect, reach_site), pool.submit(_index, reach)]
        checks += [pool.submit(_site, site, reach_site) for site in sites()]
        checks.append(pool.submit(_mlflow, mlflow or os.environ.get(MLFLOW_URI), reach_site))
        *others, mlflow_answers = (check.result() for check in checks)
        return (*others, _swanlab_key(), mlflow_answers)


def _index(reach: Reach | None) -> Diagnosis:
    """Check the package index that environments are built from, with the settings that uv gets."""
    settings = uv_settings()
    url = settings.env.get("UV_DEFAULT_INDEX") or "https://pypi.org/simple"
    answers = reach(url) if reach else index_answers(url, settings)
    return Diagnosis(
        name="package index",
        status="ok" if answers else "limited",
        text=f"{redacted(url)} {'answers' if answers else 'cannot be reached'}",
        remedy="set a mirror (pip config set global.index-url ADDRESS); built environments still work",
    )


def _prefect(reach: Reach) -> Diagnosis:
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        return Diagnosis(name="Prefect", status="ok", text="no server is set; each run starts its own")
    answers = reach(f"{url.rstrip('/')}/health")
    return Diagnosis(
        name="Prefect",
        status="ok" if answers else "broken",
        text=f"{url} {'answers' if answers else 'does not answer'}",
        remedy="start it with servegauge up, or unset PREFECT_API_URL",
    )


def _site(site: Site, reach: Reach) -> Diagnosis:
    url = (site.variable and os.environ.get(site.variable)) or site.address
    answers = reach(url)
    return Diagnosis(
        name=site.name,
        status="ok" if answers else "limited",
        text=f"{url} {'answers' if answers else 'cannot be reached'}",
        remedy=site.remedy,
    )


def _swanlab_key() -> Diagnosis:
    key_is_set = bool(os.environ.get("SWANLAB_API_KEY")) or (Path.home() / ".swanlab" / ".netrc").is_file()
    remedy = "set SWANLAB_API_KEY for mode online; offline needs none"
    return Diagnosis(name="SwanLab key", status="ok", text="set" if key_is_set else "not set", remedy=remedy)


def _mlflow(url: str | None, reach: Reach) -> Diagnosis:
    """Check the tracking server. Runs take its address from their specs, which the doctor does not know."""
    if not url:
        return Diagnosis(name="MLflow", status="ok", text="not asked: give its address with --mlflow")
    answers = url.startswith(("http://", "https://")) and reach(url)
    credentials = (
        "a token"
        if os.environ.get(MLFLOW_TOKEN)
        else "a password"
        if os.environ.get(MLFLOW_USER)
        else "no credentials"
    )
    return Diagnosis(
        name="MLflow",
        status="ok" if answers else "limited",
        text=f"{redacted(url)} {'answers' if answers else 'cannot be reached'}; {credentials} set",
        remedy="give an address such as http://host:5000; without it `servegauge track` can log runs later",
    )


def _site_answers(url: str) -> bool:
    try:
        return httpx.head(url, timeout=TIMEOUT_S, follow_redirects=True).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
