"""The MLflow tracker: one run of an MLflow server for each run of ours."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import ClassVar

import httpx

from tasks.config.trackers import MLflow
from tasks.errors import TrackError
from tasks.track.mlflow_api import RUN_ID_TAG, LoggedRun, MLflowApi, tag_of
from tasks.track.tracked_figures import figures_by_step
from tasks.track.tracked_run import TrackedRun, TrackOutcome

LONGEST_PARAMETER = 6000
_REFUSED = re.compile(r"[^0-9A-Za-z_\-. :/]")
Figures = dict[tuple[str, int], float]
"""The value of each figure, by its key at MLflow and its step."""


class MLflowTracker:
    """Logs a run over MLflow's REST API. Only a run whose figures all arrived is marked as finished.

    A run that was killed in the middle is still marked as running, and is completed by the next call.
    """

    name: ClassVar[str] = "MLflow"

    def __init__(self, config: MLflow, transport: httpx.BaseTransport | None = None) -> None:
        """Keep the settings. `transport` replaces the network in tests."""
        self._config = config
        self._transport = transport

    def on_run_end(self, run: TrackedRun, folder: Path) -> TrackOutcome:
        """Log the run; takes at most `timeout_s` seconds, and writes nothing into `folder`.

        Raises:
            TrackError: the server does not answer, or refuses a call.
        """
        api = MLflowApi(self._config, self._transport)
        experiment = api.experiment_id()
        logged = api.find_run(experiment, run.run_id)
        figures = figures_of(run)
        if logged is None:
            logged = api.create_run(experiment, run.name, _start_ms(run), _tags(run))
        earlier = logged.finished
        if not earlier:
            _log(api, logged, run, figures)
        lost = _lost(api, logged, figures)
        if not (earlier or lost):
            api.finish(logged, _end_ms(run))
        return TrackOutcome(
            warning=f"{lost} of {len(figures)} figures are not in its run {logged.run_id}" if lost else None,
            logged=len(figures),
            kept=len(figures) - lost,
            experiment_id=logged.run_id,
            url=f"{str(self._config.uri).rstrip('/')}/#/experiments/{experiment}/runs/{logged.run_id}",
            earlier=earlier,
        )


def figures_of(run: TrackedRun) -> Figures:
    """Return every figure of a run, those of a sweep of one load too: MLflow's table of runs shows them.

    Raises:
        TrackError: two figures would have the same key.
    """
    figures: Figures = {}
    for step, values in figures_by_step(run, one_load=True).items():
        for name, value in values.items():
            key = metric_key(name), step
            if key in figures:
                raise TrackError(f"two figures would be called {key[0]!r} at MLflow", "rename the sweep")
            figures[key] = value
    return figures


def metric_key(name: str) -> str:
    """Return a name in the characters that MLflow takes, as `sweep/Output tok per s` for tok/s."""
    group, slash, title = name.partition("/")
    title = title.replace("/", " per ").replace("%", "percent").replace("#", "repeat ")
    title = title.replace("(", "").replace(")", "")
    return _REFUSED.sub("_", f"{group}{slash}{title}")


def _log(api: MLflowApi, logged: LoggedRun, run: TrackedRun, figures: Figures) -> None:
    parameters = [
        {"key": _REFUSED.sub("_", name), "value": str(value)[:LONGEST_PARAMETER]}
        for name, value in run.config
        if value is not None
    ]
    api.log(logged, "params", parameters)
    metrics = [
        {"key": key, "step": step, "value": value, "timestamp": logged.start_ms}
        for (key, step), value in figures.items()
    ]
    api.log(logged, "metrics", metrics)


def _lost(api: MLflowApi, logged: LoggedRun, figures: Figures) -> int:
    """Return how many figures MLflow lacks: all of a key whose last figure is not the one that was logged.

    MLflow stores a request whole or not at all, and tells the last figure of every key in one answer.
    """
    latest = api.latest(logged)
    last = {key: (step, value) for (key, step), value in sorted(figures.items())}
    missing = {key for key, figure in last.items() if latest.get(key) != figure}
    return sum(key in missing for key, _ in figures)


def _tags(run: TrackedRun) -> dict[str, str]:
    return {
        RUN_ID_TAG: tag_of(run.run_id),
        "mlflow.note.content": run.description,
        "mlflow.source.name": "servegauge",
    }


def _start_ms(run: TrackedRun) -> int:
    return int(1000 * (run.started_at.timestamp() if run.started_at else time.time()))


def _end_ms(run: TrackedRun) -> int:
    return int(1000 * (run.finished_at.timestamp() if run.finished_at else time.time()))
