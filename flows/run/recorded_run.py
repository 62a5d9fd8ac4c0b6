"""Answers `servegauge run` without Prefect where every figure is recorded already."""

from __future__ import annotations

import os
from pathlib import Path

from flows.run.pipeline import plan_of, run_pipeline
from flows.run.run_identity import new_run
from flows.ui.console import show_on_terminal
from tasks.config.block_names import Blocks
from tasks.config.results_location import CACHE, ResultsLocation
from tasks.config.spec import Spec
from tasks.record import bucket_sync

API_URL = "PREFECT_API_URL"
SETTINGS_FILES = (".env", "prefect.toml", "pyproject.toml")
"""Files of the working directory that Prefect reads its settings from, after its profiles."""


def report_recorded_run(spec: Spec, results: ResultsLocation, resume: str = "") -> bool:
    """Record, track and report a run that reuses every figure. Return False if there is something to measure.

    Also returns False, and does nothing, if the spec or Prefect's settings need Prefect: the spec names
    blocks, or the run belongs in the UI of a server.
    """
    if spec.blocks != Blocks() or may_name_a_server():
        return False
    run = new_run(spec, results, resume)
    bucket_sync.download(run.results, CACHE)
    if plan_of(run, refresh=False).missing:
        return False
    with show_on_terminal():
        run_pipeline(run, refresh=False)
    return True


def may_name_a_server() -> bool:
    """Return whether a Prefect server may be set: by a variable, or by a file that mentions it."""
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
