"""Runs one load point with EvalScope's closed loop; imported and called only in a measuring process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from evalscope.perf.arguments import Arguments
from evalscope.perf.main import run_one_benchmark

from tasks.measure.client_worker import API, MeasuredClient
from tasks.measure.jobs import PointJob
from tasks.measure.prompts import questions_path
from tasks.measure.prompts_worker import QUESTIONS, RANDOM
from tasks.measure.recorder import Recorder

NEVER = 1_000_000_000
"""Slots stand idle while EvalScope commits to its database, which is thrown away here."""
PATHS = {"completions": "completions", "chat": "chat/completions"}


def run(job: PointJob, report: Callable[[int], None]) -> float:
    """Measure; rows go to requests.jsonl in the job's folder.

    Returns:
        Seconds from the first measured request's free slot to the end of the last one.
    """
    outputs = job.folder / "evalscope"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    np.random.seed(job.seed % 2**32)  # not EvalScope's seed: that one would also go into every request
    recorder = MeasuredClient.recorder = Recorder(job, report)
    run_one_benchmark(_arguments(job, outputs), str(outputs))
    if recorder.closed != job.total:
        raise RuntimeError(f"{recorder.closed} of {job.total} requests were recorded")
    shutil.rmtree(outputs, ignore_errors=True)  # its database and reports repeat the rows
    return recorder.duration_s


def _arguments(job: PointJob, outputs: Path) -> Any:
    sweep, key = job.sweep, job.endpoint.api_key
    path, exact = questions_path(sweep.dataset), sweep.exact_output_tokens
    return Arguments(
        model=job.endpoint.model,
        api=API,
        url=f"{job.endpoint.url}/{PATHS[sweep.endpoint]}",
        api_key=key.get_secret_value() if key else None,
        apply_chat_template=sweep.endpoint == "chat",
        dataset=RANDOM if path is None else QUESTIONS,
        dataset_path=None if path is None else str(path),
        dataset_offset=job.seed,
        tokenizer_path=job.endpoint.tokenizer if path is None else None,
        min_prompt_length=sweep.input_tokens,
        max_prompt_length=sweep.input_tokens,
        prefix_length=sweep.prefix_tokens,
        number=job.load.requests,
        parallel=job.load.concurrency,
        warmup_num=sweep.warmup_requests,
        max_tokens=exact or sweep.max_tokens,
        min_tokens=exact,
        extra_args={"ignore_eos": True} if exact else None,
        temperature=sweep.temperature,
        stream=True,
        total_timeout=ceil(sweep.timeout_s),
        no_test_connection=True,
        num_workers=1,
        db_commit_interval=NEVER,
        log_every_n_query=NEVER,
        name=job.run_name,
        no_timestamp=True,
        outputs_dir=str(outputs),
    )
