"""Measures accuracy on a question set: runs the measuring process, reads its rows, scores them."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.load_jobs import load_jobs
from tasks.measure.accuracy.load_slots import FIRST_TRIES
from tasks.measure.accuracy.retries import pause_s
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score, score_rows
from tasks.measure.jobs import SETUP_S, AccuracyJob
from tasks.measure.processes.run_jobs import Work, run_works
from tasks.measure.question_files import check_question_set
from tasks.measure.row_files import SAMPLES, read_rows

WORKER = "tasks.measure.accuracy.accuracy_worker:run"
LOAD_WORKER = "tasks.measure.accuracy.load_worker:run"


def measure_accuracy(
    job: AccuracyJob, check: Callable[[], None], progress: Callable[[int, int], None]
) -> tuple[tuple[Score, ...], tuple[SampleRow, ...]]:
    """Send every question of a set and score the answers.

    Args:
        job: what to measure; its folder gets samples.jsonl, worker.log and EvalScope's own files.
        check: raises ServerDied if the server has died; called several times a second.
        progress: called with the number of finished answers and the number of all answers.

    Returns:
        The scores, see `score_rows`, and one row for each question and repeat, failed ones included.

    Raises:
        InputError: the set's folder lacks its file, or a line of the file is wrong.
        MeasureError: the measuring process failed, died or ran out of time.
    """
    question_set = job.accuracy
    answers = check_question_set(question_set) * question_set.repeats
    rows_file = job.folder / SAMPLES
    rows_file.unlink(missing_ok=True)
    run_works(
        _works(job),
        check=check,
        progress=lambda finished: progress(finished, answers),
        timeout_s=time_limit_s(question_set, answers),
    )
    rows = tuple(sorted(read_rows(rows_file, SampleRow), key=lambda row: (row.question, row.repeat)))
    return score_rows(question_set, rows), rows


def _works(job: AccuracyJob) -> list[Work]:
    """Return what the processes do: one asks, and those of the load, if any, send other requests."""
    under_load = job.accuracy.under_load
    loads = load_jobs(job, under_load) if under_load else ()
    asking = job.model_copy(update={"counters": tuple(load.counter for load in loads)})
    return [(WORKER, asking), *((LOAD_WORKER, load) for load in loads)]


def time_limit_s(question_set: QuestionSet, answers: int) -> float:
    """Return the seconds after which the measuring process is killed.

    An evaluation ends earlier if every answer meets its timeout, even after all retries; the limit includes a
    margin of SETUP_S, the start of a load and one batch.

    Args:
        question_set: has the concurrency (`batch_size`) and the timeout of one answer.
        answers: the number of questions times repeats.
    """
    batches = ceil(answers / question_set.batch_size)
    pauses = sum(pause_s(tries) for tries in range(1, question_set.retries + 1))
    one_answer = question_set.timeout_s * (1 + question_set.retries) + pauses
    load_s = FIRST_TRIES * question_set.under_load.timeout_s if question_set.under_load else 0.0
    return SETUP_S + load_s + one_answer * (batches + 1)
