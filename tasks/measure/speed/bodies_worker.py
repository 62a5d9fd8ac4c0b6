"""Builds the bodies of a point's requests with EvalScope's datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evalscope.perf.benchmark import get_requests

from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.speed import client_worker, prompts_worker
from tasks.measure.speed.prompts import questions_path
from tasks.plan.planned_request import BlockName, PlannedRequest, longest_blocks

NO_PARALLEL_LIMIT = 2**15
"""EvalScope's `parallel` for an open loop; it limits nothing, as EvalScope only builds the requests."""


async def built_requests(
    job: PointJob, point: Sequence[PlannedRequest], planned: Sequence[PlannedRequest], outputs: Path
) -> list[dict[str, Any]]:
    """Return EvalScope's body of each planned request.

    Args:
        job: what is measured.
        point: all requests of the point, whose prompts may share blocks.
        planned: those that this process sends.
        outputs: EvalScope's folder.
    """
    bodies: dict[int, dict[str, Any]] = {}
    for kind in job.sweep.kinds:
        own = [request for request in planned if job.sweep.kind_of(request.part) is kind]
        if not own:
            continue
        alike = [request for request in point if job.sweep.kind_of(request.part) is kind]
        arguments = prompt_arguments(job, kind, own, longest_blocks(alike), outputs)
        built = get_requests(arguments, client_worker.RequestBuilder(arguments))
        numbers = [request.number for request in own]
        bodies.update(zip(numbers, [body async for body, _ in built], strict=True))
    return [bodies[request.number] for request in planned]


def prompt_arguments(
    job: PointJob,
    sweep: Sweep,
    planned: Sequence[PlannedRequest],
    blocks: Mapping[BlockName, int],
    outputs: Path,
) -> prompts_worker.PromptArguments:
    """Return EvalScope's arguments, which are used only to build requests.

    Args:
        job: what is measured.
        sweep: says what the requests are: the job's sweep, or a part of its mix.
        planned: the requests to build.
        blocks: the names and sizes of the blocks that their prompts share with others of the point.
        outputs: EvalScope's folder.
    """
    endpoint, warmup = job.endpoint, sum(request.warmup for request in planned)
    arguments = prompts_worker.PromptArguments(
        model=endpoint.model,
        api=client_worker.API,
        url=endpoint.url_of(sweep.endpoint),
        api_key=endpoint.api_key.get_secret_value() if endpoint.api_key else None,
        apply_chat_template=sweep.endpoint == "chat",
        **_prompt_fields(job, sweep),
        number=len(planned) - warmup,
        warmup_num=warmup,
        planned=planned,
        blocks=blocks,
        max_tokens=sweep.max_tokens,
        temperature=sweep.temperature,
        stream=True,
        num_workers=1,
        name=job.run_name,
        no_timestamp=True,
        outputs_dir=str(outputs),
    )
    # EvalScope's constructor makes lists of these two, and its dataset code reads single numbers.
    arguments.number, arguments.parallel = len(planned) - warmup, job.part.slots or NO_PARALLEL_LIMIT
    return arguments


def _prompt_fields(job: PointJob, sweep: Sweep) -> dict[str, Any]:
    """Return the EvalScope arguments that select the prompts."""
    fields = {"dataset_offset": job.seed}
    if sweep.has_random_prompts:
        return {**fields, "dataset": prompts_worker.RANDOM, "tokenizer_path": job.endpoint.tokenizer}
    if sweep.conversation is not None:
        return {**fields, "dataset": prompts_worker.RECORDED, "dataset_path": sweep.conversation.file}
    return {**fields, "dataset": prompts_worker.QUESTIONS, "dataset_path": str(questions_path(sweep.dataset))}
