"""Which of Prefect's lines the log of a run leaves out."""

from __future__ import annotations

import logging

import pytest

from flows.ui.run_log import TASK_LOGGER, without_finished_tasks


@pytest.mark.parametrize(
    ("level", "text", "shown"),
    [
        (logging.INFO, "Finished in state Completed()", False),
        (logging.ERROR, "Finished in state Failed('the server died')", True),
        (logging.INFO, "sweep: throughput c1", True),
    ],
)
def test_a_completed_task_has_no_line_of_its_own(level: int, text: str, shown: bool) -> None:
    logger = logging.getLogger(TASK_LOGGER)
    record = logger.makeRecord(TASK_LOGGER, level, __file__, 1, text, (), None)
    with without_finished_tasks():
        assert bool(logger.filter(record)) is shown
    assert logger.filter(record)
