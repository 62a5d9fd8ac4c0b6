"""The figures of a mix by part, read from the tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_point
from tasks.report.read_parts import read_parts
from tests.record import made_up


def recorded(store: Store, run_id: str, repeat: int, *, requests: bool) -> RecordedPoint:
    """A recorded point of 2 s; its two requests of 64 tokens are of the part `chat`."""
    result = made_up.point(repeat=repeat).with_figures({"duration_s": 2.0})
    point = made_up.recorded(result, run_id)
    rows = [replace(made_up.request(index), part="chat") for index in range(2)]
    record_point(store, run_id, point, rows if requests else ())
    return point


def test_only_repeats_whose_requests_are_recorded_count(tmp_path: Path) -> None:
    store = Store(tmp_path)
    points = [recorded(store, "run-1", 1, requests=True), recorded(store, "run-0", 2, requests=False)]
    (part,) = read_parts(store, points)
    assert (part.part, part.requests) == ("chat", 2)
    assert part.output_token_throughput == pytest.approx(2 * 64 / 2)
    both = [points[0], recorded(store, "run-0", 2, requests=True)]
    (part,) = read_parts(store, both)
    assert part.requests == 4
    assert part.output_token_throughput == pytest.approx(4 * 64 / 4)
