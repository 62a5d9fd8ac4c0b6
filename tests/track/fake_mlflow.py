"""An MLflow tracking server in memory, for what a real one cannot be made to do: to fail at a given call."""

from __future__ import annotations

import json
from typing import Any

import httpx

Answer = tuple[int, dict[str, Any]]


class FakeMLflow:
    """Answers the calls of `mlflow_api.py`. `runs`: by id. `fail_at`: a path, and the answer it gets."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.metrics: dict[str, dict[tuple[str, int], float]] = {}
        self.params: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.headers: list[httpx.Headers] = []
        self.fail_at: dict[str, Answer | Exception] = {}

    @property
    def transport(self) -> httpx.MockTransport:
        """For `MLflowTracker`."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition("/mlflow/")[2]
        self.calls.append(path)
        self.headers.append(request.headers)
        failure = self.fail_at.get(path)
        if isinstance(failure, Exception):
            raise failure
        content = json.loads(request.content or b"{}")
        handler = path.replace("/", "_").replace("-", "_")
        status, body = failure or getattr(self, handler)({**dict(request.url.params), **content})
        return httpx.Response(status, json=body)

    def experiments_get_by_name(self, content: dict[str, Any]) -> Answer:
        return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}

    def experiments_create(self, content: dict[str, Any]) -> Answer:
        return 200, {"experiment_id": "7"}

    def runs_search(self, content: dict[str, Any]) -> Answer:
        return 200, {"runs": list(self.runs.values())} if self.runs else {}

    def runs_create(self, content: dict[str, Any]) -> Answer:
        run_id = f"made-up-{len(self.runs)}"
        info = {"run_id": run_id, "status": "RUNNING", "start_time": content["start_time"]}
        info |= {"run_name": content["run_name"]}
        self.runs[run_id] = {"info": info, "data": {"tags": content["tags"]}}
        self.metrics[run_id], self.params[run_id] = {}, {}
        return 200, {"run": self.runs[run_id]}

    def runs_log_batch(self, content: dict[str, Any]) -> Answer:
        run_id = content["run_id"]
        assert len(content.get("metrics", [])) <= 1000
        assert len(content.get("params", [])) <= 100
        for metric in content.get("metrics", []):
            self.metrics[run_id][metric["key"], metric["step"]] = metric["value"]
        for param in content.get("params", []):
            self.params[run_id][param["key"]] = param["value"]
        return 200, {}

    def runs_get(self, content: dict[str, Any]) -> Answer:
        last = {key: (step, value) for (key, step), value in sorted(self.metrics[content["run_id"]].items())}
        metrics = [{"key": key, "step": step, "value": value} for key, (step, value) in last.items()]
        return 200, {"run": {"data": {"metrics": metrics}}}

    def runs_update(self, content: dict[str, Any]) -> Answer:
        self.runs[content["run_id"]]["info"]["status"] = content["status"]
        return 200, {}
