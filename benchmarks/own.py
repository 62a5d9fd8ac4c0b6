"""One load point of our own against a stub, without the pipeline around it."""

from __future__ import annotations

from benchmarks.others import Ask
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.serve.endpoint import Endpoint


def point_job(ask: Ask) -> PointJob:
    """The load that the other tools are given, as this project's own job."""
    load = ClosedLoop(concurrency=ask.concurrency, requests=ask.requests)
    return PointJob(
        sweep=Sweep(name="benchmark", input_tokens=ask.input_tokens, output_tokens=ask.tokens, load=(load,)),
        load=load,
        repeat=1,
        attempt=1,
        run_name="benchmark",
        endpoint=Endpoint(url=f"{ask.root}/v1", model=ask.model, tokenizer=ask.tokenizer),
        folder=ask.folder / "servegauge",
        seed=1,
    )
