"""The few calls of MLflow's REST API that a tracker needs, within one time limit.

MLflow's own client is not used: it brings many packages, reports its use to its makers unless told not to,
and keeps no time limit over all calls.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import httpx

from tasks.config.trackers import MLFLOW_PASSWORD, MLFLOW_TOKEN, MLFLOW_USER, MLflow
from tasks.errors import TrackError
from tasks.text import status_and_message

RUN_ID_TAG = "servegauge.run_id"
BATCH = {"params": 100, "metrics": 1000}
"""The most entries that MLflow takes in one request."""
MISSING = "RESOURCE_DOES_NOT_EXIST"


class LoggedRun(NamedTuple):
    """A run at MLflow. `start_ms`: the time of all its figures; the same figure twice is kept once."""

    run_id: str
    finished: bool
    start_ms: int


class MLflowApi:
    """Talks to one tracking server. All calls together take at most `timeout_s`."""

    def __init__(
        self,
        config: MLflow,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the time limit. `transport` and `clock` replace the network and the time in tests."""
        self._config = config
        self._clock = clock
        self._deadline = clock() + config.timeout_s
        token = os.environ.get(MLFLOW_TOKEN)
        user = os.environ.get(MLFLOW_USER)
        self._http = httpx.Client(
            base_url=f"{str(config.uri).rstrip('/')}/api/2.0/mlflow/",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            auth=(user, os.environ.get(MLFLOW_PASSWORD, "")) if user and not token else None,
            transport=transport,
        )

    def experiment_id(self) -> str:
        """Return the id of the experiment, which is made if needed."""
        name = self._config.experiment
        found = self._call("GET", "experiments/get-by-name", {"experiment_name": name}, missing=None)
        if found is None:
            return str(self._post("experiments/create", {"name": name})["experiment_id"])
        return str(found["experiment"]["experiment_id"])

    def find_run(self, experiment: str, run_id: str) -> LoggedRun | None:
        """Return the run with the tag of a servegauge id, a finished one before one that was killed."""
        content = {
            "experiment_ids": [experiment],
            "filter": f"tags.`{RUN_ID_TAG}` = '{tag_of(run_id)}'",
            "max_results": 100,
        }
        # some databases compare without case
        found = [run for run in self._post("runs/search", content).get("runs", []) if _has_id(run, run_id)]
        return max(map(_logged_run, found), key=lambda run: run.finished, default=None)

    def create_run(self, experiment: str, name: str, start_ms: int, tags: dict[str, str]) -> LoggedRun:
        """Create a run that is marked as running."""
        content = {
            "experiment_id": experiment,
            "run_name": name,
            "start_time": start_ms,
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        }
        return _logged_run(self._post("runs/create", content)["run"])

    def log(self, run: LoggedRun, kind: str, entries: Sequence[dict[str, Any]]) -> None:
        """Log `params` or `metrics`."""
        for start in range(0, len(entries), BATCH[kind]):
            chunk = list(entries[start : start + BATCH[kind]])
            self._post("runs/log-batch", {"run_id": run.run_id, kind: chunk})

    def latest(self, run: LoggedRun) -> dict[str, tuple[int, float]]:
        """Return the highest step of each metric, and the value there."""
        data = (self._call("GET", "runs/get", {"run_id": run.run_id}) or {})["run"].get("data", {})
        return {
            entry["key"]: (int(entry.get("step", 0)), float(entry["value"]))
            for entry in data.get("metrics", [])
        }

    def finish(self, run: LoggedRun, end_ms: int) -> None:
        """Mark a run as finished."""
        self._post("runs/update", {"run_id": run.run_id, "status": "FINISHED", "end_time": end_ms})

    def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, content) or {}

    def _call(
        self, method: str, path: str, content: dict[str, Any], *, missing: str | None = ""
    ) -> dict[str, Any] | None:
        """Return the answer; None for something that does not exist, where `missing` is None."""
        query, sent = (content, None) if method == "GET" else (None, content)
        try:
            answer = self._http.request(method, path, timeout=self._remaining_s(), params=query, json=sent)
            body = answer.json() if answer.content else {}
        except httpx.TimeoutException:
            raise self._too_late() from None
        except (httpx.HTTPError, ValueError) as error:
            raise TrackError(
                f"{self._config.uri} gives no answer of MLflow: {error}", "check track.mlflow.uri"
            ) from error
        if answer.is_success and isinstance(body, dict):
            return body
        reason = body.get("error_code", "") if isinstance(body, dict) else ""
        if reason == MISSING and missing is None:
            return None
        raise _refused(answer, body)

    def _remaining_s(self) -> float:
        remaining = self._deadline - self._clock()
        if remaining <= 0:
            raise self._too_late()
        return remaining

    def _too_late(self) -> TrackError:
        return TrackError(
            f"{self._config.uri} did not answer within {self._config.timeout_s:g} s",
            "run `servegauge track` when it does",
        )


def tag_of(run_id: str) -> str:
    """Return the value of the tag of a run's id, which a search can quote."""
    return run_id.replace("'", "_")


def _has_id(run: dict[str, Any], run_id: str) -> bool:
    tags = {tag["key"]: tag.get("value") for tag in run.get("data", {}).get("tags", [])}
    return tags.get(RUN_ID_TAG) == tag_of(run_id)


def _logged_run(run: dict[str, Any]) -> LoggedRun:
    info = run["info"]
    return LoggedRun(str(info["run_id"]), info.get("status") == "FINISHED", int(info.get("start_time", 0)))


def _refused(answer: httpx.Response, body: Any) -> TrackError:
    message = body.get("message", "") if isinstance(body, dict) else ""
    remedy = "mend that, then run `servegauge track`"
    if answer.status_code in (401, 403):
        remedy = f"set {MLFLOW_TOKEN}, or {MLFLOW_USER} and {MLFLOW_PASSWORD}"
    lines = str(message).splitlines() or [answer.reason_phrase]
    return TrackError(f"MLflow answered {status_and_message(answer.status_code, lines[0][:300])}", remedy)
