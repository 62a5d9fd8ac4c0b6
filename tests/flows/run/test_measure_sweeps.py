"""Points of an earlier run, judged by the objectives of this one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.run import measure_sweeps
from tasks.config.objective import Objective
from tasks.config.results_location import ResultsLocation
from tasks.config.sweep import Sweep
from tasks.record.store import Store
from tests.record import made_up


def test_new_objectives_that_the_first_wave_decides_make_a_reused_point_suspect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four slots with five requests each: the first four of a TTFT of 1 s, the others of 50 ms."""
    rows = [
        replace(
            made_up.request(index),
            sent_at=made_up.START + timedelta(seconds=index // 4),
            ttft_s=1.0 if index < 4 else 0.05,
        )
        for index in range(20)
    ]
    monkeypatch.setattr(measure_sweeps, "recorded_requests", lambda store, recorded: rows)
    recorded = made_up.recorded(made_up.point(concurrency=4, requests=20))
    bounds = (Objective.model_validate("ttft_mean_s <= 0.1"),)
    sweep = Sweep(name="throughput", load=(recorded.result.load,), objectives=bounds)
    store = Store(ResultsLocation(folder=tmp_path))
    judged = measure_sweeps._with_objectives_of(sweep, recorded, store)
    assert judged.result.objectives == bounds
    assert judged.verdict.verdict == "suspect"
    assert "the first wave decides about ttft_mean_s <= 0.1: 0.24 s with it" in judged.verdict.reasons[0]
