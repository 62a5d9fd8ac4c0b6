"""The process of a run that a worker starts: one of the flows of this checkout, found by its name.

Prefect's own engine would load what the deployment on the server names, and run its pull steps, which may be
any command.
"""

from __future__ import annotations

import importlib
import runpy
import sys
from typing import Any

from prefect import flow_engine
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flows import Flow

from tasks.errors import InputError

ENTRYPOINTS = {
    "benchmark": ("flows.benchmark", "benchmark"),
    "concurrency-test": ("flows.concurrency", "concurrency_test"),
    "compare": ("flows.compare", "compare"),
    "matrix": ("flows.matrix", "matrix"),
    "watch-releases": ("flows.watch_releases", "watch_releases"),
}
"""Module and function by the flow's name; a test compares them with prefect.yaml."""


def load_known_flow(flow_run: FlowRun) -> Flow[..., Any]:
    """Return the flow of a run.

    Raises:
        InputError: the flow is not in ENTRYPOINTS.
    """
    with get_client(sync_client=True) as client:
        name = client.read_flow(flow_run.flow_id).name
    if name not in ENTRYPOINTS:
        raise InputError(
            f"a worker of servegauge does not run the flow {name!r}",
            "use a work pool and a worker of its own",
        )
    module, function = ENTRYPOINTS[name]
    flow = getattr(importlib.import_module(module), function)
    assert isinstance(flow, Flow)
    return flow


def main() -> None:
    """Run Prefect's engine with flows that are loaded here."""
    flow_engine.__dict__["load_flow"] = load_known_flow  # Prefect has no setting for it
    sys.argv = sys.argv[:1]  # the id of the run is in PREFECT__FLOW_RUN_ID
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
