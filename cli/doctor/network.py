"""What the doctor asks over the network: Prefect's server, the package index, the hubs, the tracker."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from cli.doctor.diagnosis import Diagnosis
from tasks.provision.indexes import index_answers
from tasks.provision.pip_settings import redacted, uv_settings

PATIENCE_S = 4.0
HUBS = {
    "Hugging Face": (
        "HF_ENDPOINT",
        "https://huggingface.co",
        "set HF_ENDPOINT to a mirror, or give server.model a folder",
    ),
    "ModelScope": (
        "MODELSCOPE_ENDPOINT",
        "https://modelscope.cn",
        "set MODELSCOPE_ENDPOINT to a mirror, or give server.model a folder",
    ),
    "SwanLab": ("", "https://api.swanlab.cn", "keep track.swanlab.mode offline or disabled"),
}


def remote_findings(reach: Callable[[str], bool] | None = None) -> tuple[Diagnosis, ...]:
    """Everything at the same time, in the order of a run. `reach`: whether an address answers."""
    known = reach or _reach
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(_prefect, known),
            pool.submit(_index, reach),
            *(pool.submit(_hub, name, *place, known) for name, place in HUBS.items()),
        ]
        return (*(each.result() for each in asked), _key())


def _index(reach: Callable[[str], bool] | None) -> Diagnosis:
    """The index that environments are built from, asked as uv is told to ask it."""
    settings = uv_settings()
    url = settings.env.get("UV_DEFAULT_INDEX") or "https://pypi.org/simple"
    answers = reach(url) if reach else index_answers(url, settings)
    text = f"{redacted(url)} {'answers' if answers else 'is out of reach'}"
    remedy = (
        "name a mirror (pip config set global.index-url ADDRESS); environments that are built still serve"
    )
    return Diagnosis(name="package index", grade="ok" if answers else "limited", text=text, remedy=remedy)


def _prefect(reach: Callable[[str], bool]) -> Diagnosis:
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        return Diagnosis(name="Prefect", grade="ok", text="no server is set; each run brings its own")
    answers = reach(f"{url.rstrip('/')}/health")
    remedy = "start it with servegauge up, or unset PREFECT_API_URL"
    text = f"{url} {'answers' if answers else 'does not answer'}"
    return Diagnosis(name="Prefect", grade="ok" if answers else "broken", text=text, remedy=remedy)


def _hub(name: str, variable: str, usual: str, remedy: str, reach: Callable[[str], bool]) -> Diagnosis:
    url = (variable and os.environ.get(variable)) or usual
    answers = reach(url)
    text = f"{url} {'answers' if answers else 'is out of reach'}"
    return Diagnosis(name=name, grade="ok" if answers else "limited", text=text, remedy=remedy)


def _key() -> Diagnosis:
    signed = bool(os.environ.get("SWANLAB_API_KEY")) or (Path.home() / ".swanlab" / ".netrc").is_file()
    remedy = "set SWANLAB_API_KEY for mode online; offline needs none"
    return Diagnosis(name="SwanLab key", grade="ok", text="set" if signed else "not set", remedy=remedy)


def _reach(url: str) -> bool:
    try:
        return httpx.head(url, timeout=PATIENCE_S, follow_redirects=True).status_code < 500
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
