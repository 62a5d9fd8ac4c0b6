"""Which requests and readings belong to a point."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tasks.audit.audit_point import audit_point
from tests.audit import made_up
from tests.audit.made_up import every, evidence, reading, row


def test_warm_up_counts_for_the_server_but_not_for_the_figures() -> None:
    point = evidence((row(-1, warmup=True), *every()))
    assert audit_point(point).verdict == "valid"
    assert len(point.succeeded) == len(point.measured_succeeded) + 1


def test_machine_and_gpu_readings_count_only_while_requests_are_in_flight() -> None:
    for second in (-0.5, 60.0):
        time = made_up.START + timedelta(seconds=second)
        busy = replace(reading("others_cpu_share", 0.9, "machine"), time=time)
        shared = replace(reading("foreign_processes_gpu0", 2, "gpu"), time=time)
        point = evidence()
        assert audit_point(replace(point, readings=(*point.readings, busy, shared))).reasons == ()


def test_readings_are_grouped_by_name_in_order_of_time() -> None:
    later = replace(reading("cpu_share_p0", 0.2), time=made_up.START + timedelta(seconds=1))
    point = made_up.with_readings(later, reading("cpu_share_p0", 0.1), reading("cpu_share_p1", 0.3))
    by_name = point.readings_by_name("client", "cpu_share")
    assert {name: [reading.value for reading in readings] for name, readings in by_name.items()} == {
        "cpu_share_p0": [0.1, 0.2],
        "cpu_share_p1": [0.3],
    }
    assert point.values("client", "cpu_share") == [0.1, 0.2, 0.3]
