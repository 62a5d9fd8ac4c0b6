"""The run's log in Prefect's UI, without the line that Prefect adds for each finished task."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

TASK_LOGGER = "prefect.task_runs"
FINISHED = "Finished in state"


@contextmanager
def without_finished_tasks() -> Iterator[None]:
    """Leave out that a task completed, inside the block. A failed task keeps its line, which is an error."""
    logger = logging.getLogger(TASK_LOGGER)
    logger.addFilter(_is_shown)
    try:
        yield
    finally:
        logger.removeFilter(_is_shown)


def _is_shown(record: logging.LogRecord) -> bool:
    return record.levelno != logging.INFO or not str(record.msg).startswith(FINISHED)
