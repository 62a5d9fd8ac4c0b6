"""Measures accuracy on a question set: runs its process, reads its rows, scores them."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from pathlib import Path

from tasks.measure.accuracy.scores import score_rows
from tasks.measure.jobs import SETUP_S, AccuracyJob
from tasks.measure.processes.pool import run_job
from tasks.measure.question_files import TEST, check_accuracy_folder
from tasks.measure.results import SampleRow, Score
from tasks.measure.row_files import SAMPLES, read_rows

WORKER = "tasks.measure.accuracy.accuracy_worker:run"
HUB_QUESTIONS = 30
"""Questions of a set that is fetched from the hub."""


def measure_accuracy(
    job: AccuracyJob, check: Callable[[], None], progress: Callable[[int, int], None]
) -> tuple[tuple[Score, ...], tuple[SampleRow, ...]]:
    """Ask every question of a set and score the answers.

    Args:
        job: what to measure; its folder keeps samples.jsonl, worker.log and EvalScope's own files.
        check: raises (ServerDied) when going on is pointless; called several times a second.
        progress: called with (answers finished, answers in all).

    Returns:
        A score for each subset and OVERALL, and one row for each question and repeat, failed ones included.

    Raises:
        InputError: the set's folder is not as it must be.
        MeasureError: the measuring process failed, died or ran out of time.
    """
    accuracy = job.accuracy
    total = _questions(accuracy.path) * accuracy.repeats
    (job.folder / SAMPLES).unlink(missing_ok=True)
    run_job(
        WORKER,
        job,
        check=check,
        progress=lambda done: progress(done, total),
        timeout_s=SETUP_S + accuracy.timeout_s * (ceil(total / accuracy.batch_size) + 1),
    )
    rows = tuple(read_rows(job.folder / SAMPLES, SampleRow))
    return score_rows(accuracy.dataset, rows), rows


def _questions(path: str | None) -> int:
    if path is None:
        return HUB_QUESTIONS
    lines = (check_accuracy_folder(Path(path)) / TEST).read_text(encoding="utf-8").split("\n")
    return sum(bool(line.strip()) for line in lines)
