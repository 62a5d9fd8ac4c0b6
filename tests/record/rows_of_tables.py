"""A made-up row of every table."""

from __future__ import annotations

from tasks.probe.reading import Reading
from tasks.record import rows
from tasks.record.schemas import TableName
from tests.record import made_up

ROWS: dict[TableName, rows.Row] = {
    "runs": rows.run_row(made_up.run()),
    "points": rows.point_row("run-1", made_up.recorded(made_up.point())),
    "checks": rows.check_row("run-1", made_up.point(), made_up.check()),
    "knees": rows.knee_row("run-1", made_up.knee()),
    "requests": rows.request_row("run-1", made_up.point(), made_up.request()),
    "scores": rows.score_row("run-1", made_up.score(), "run-1"),
    "samples": rows.sample_row("run-1", "aime25", made_up.sample()),
    "telemetry": rows.telemetry_row("run-1", Reading(made_up.START, "gpu", "made_up_watts", 3.5)),
}


def request_rows(count: int, run_id: str = "run-1") -> list[rows.Row]:
    """Rows of `requests`, numbered from 0."""
    return [rows.request_row(run_id, made_up.point(), made_up.request(index)) for index in range(count)]
