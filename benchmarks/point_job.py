"""A load point of servegauge, measured without the pipeline around it."""

from __future__ import annotations

from benchmarks.workload import Workload
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.serve.endpoint import Endpoint


def point_job(workload: Workload) -> PointJob:
    """Return the job that sends the workload of the other tools."""
    load = ClosedLoop(concurrency=workload.concurrency, requests=workload.requests)
    return PointJob(
        sweep=Sweep(
            name="benchmark",
            input_tokens=workload.input_tokens,
            output_tokens=workload.output_tokens,
            load=(load,),
        ),
        load=load,
        repeat=1,
        attempt=1,
        run_name="benchmark",
        endpoint=Endpoint(url=f"{workload.root}/v1", model=workload.model, tokenizer=workload.tokenizer),
        folder=workload.folder / "servegauge",
        seed=1,
    )
