"""The jobs of the load processes that run while a question set is asked."""

from __future__ import annotations

import hashlib

from tasks.config.under_load import UnderLoad
from tasks.measure.accuracy.under_way import create_counter
from tasks.measure.jobs import AccuracyJob, LoadJob
from tasks.measure.speed.send_load import clients

FOLDER = "load"
"""The subfolder of a question set's folder that holds a folder for each load process."""


def load_jobs(job: AccuracyJob, under_load: UnderLoad) -> tuple[LoadJob, ...]:
    """Return a job for each load process, and create its counter."""
    folder = job.folder / FOLDER
    whole = LoadJob(
        sweep=under_load.sweep,
        load=under_load.load,
        repeat=0,
        attempt=job.attempt,
        run_name=job.accuracy.set_name,
        endpoint=job.endpoint,
        folder=folder,
        seed=_seed(job),
        counter=folder / "counter",
    )
    jobs = []
    for part in whole.parts(clients(whole)):
        own = folder / f"client-{part.number}"
        counter = own / "under-way"
        create_counter(counter)
        jobs.append(whole.model_copy(update={"only": part, "folder": own, "counter": counter}))
    return tuple(jobs)


def _seed(job: AccuracyJob) -> int:
    """The seed of the prompts, which differs by run, question set and attempt."""
    text = repr((job.run_id, job.accuracy.set_name, job.attempt))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
