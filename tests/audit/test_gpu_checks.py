"""Checks of the GPUs beyond those in test_checks.py."""

from __future__ import annotations

from dataclasses import replace

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tests.audit.made_up import gpu, with_readings


def test_an_idle_gpu_may_lower_its_clock() -> None:
    idle = gpu(sm_clock_mhz=lambda number: 1980 - 200 * number, utilization_share=lambda number: 0.1)
    assert CHECKS["gpu_clock"](with_readings(*idle)).verdict == "unchecked"


def test_each_gpu_is_compared_with_itself() -> None:
    other = tuple(
        replace(reading, metric=reading.metric.replace("gpu0", "gpu1"), value=reading.value / 2)
        for reading in gpu()
    )
    assert audit_point(with_readings(*gpu(), *other)).reasons == ()
