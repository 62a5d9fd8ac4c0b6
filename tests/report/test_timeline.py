"""The timeline's curves, read from the table telemetry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tasks.probe.reading import Reading
from tasks.record.store import Store
from tasks.record.write_run import record_telemetry
from tasks.report.report_input import TimelineCurve
from tasks.report.timeline import MOST_SAMPLES, read_timeline
from tests.record import made_up


def readings(source: str, metric: str, *values: float, begin_s: float = 0) -> list[Reading]:
    """A reading a second."""
    begin = made_up.START + timedelta(seconds=begin_s)
    return [
        Reading(begin + timedelta(seconds=second), source, metric, value)
        for second, value in enumerate(values)
    ]


def curves(results: Path, *stages: list[Reading]) -> dict[str, TimelineCurve]:
    """The curves of a run that recorded these stages, by panel and name."""
    store = Store(results)
    for number, stage_readings in enumerate(stages):
        record_telemetry(store, "run-1", f"stage-{number}", stage_readings)
    return {f"{curve.panel} {curve.name}".strip(): curve for curve in read_timeline(store, made_up.run())}


def test_the_curves_that_telemetry_holds(tmp_path: Path) -> None:
    read = curves(
        tmp_path,
        readings("server", "vllm:num_requests_running", 1, 4, begin_s=10),
        readings("server", "vllm:kv_cache_usage_perc", 0.25),
        readings("server", "vllm:generation_tokens_total", 1000),
        readings("gpu", "power_w_gpu0", 300, 500),
        readings("gpu", "power_w_gpu1", 200, 100),
        readings("gpu", "utilization_share_gpu0", 0.9),
        readings("gpu", "utilization_share_gpu1", 0.7),
    )
    assert set(read) == {
        "Requests at the server running", "KV cache in use, %", "GPU power, W", "GPU utilisation, %",
    }  # fmt: skip
    assert read["Requests at the server running"].seconds == (10, 11)
    assert read["KV cache in use, %"].values == (25,)
    assert read["GPU power, W"].values == (500, 600)
    assert read["GPU utilisation, %"].values == (80,)


def test_a_long_run_is_thinned_out(tmp_path: Path) -> None:
    (curve,) = curves(tmp_path, readings("gpu", "power_w_gpu0", *range(5000))).values()
    assert MOST_SAMPLES / 2 < len(curve.values) <= MOST_SAMPLES
    assert curve.values[:2] == (0, 9)


def test_any_engine_has_its_curves(tmp_path: Path) -> None:
    read = curves(
        tmp_path,
        readings("server", "sglang:num_queue_reqs", 3),
        readings("server", "llamacpp:requests_processing", 2),
        readings("server", "trtllm_kv_cache_utilization", 0.5),
    )
    assert {name: curve.values for name, curve in read.items()} == {
        "Requests at the server running": (2,),
        "Requests at the server waiting": (3,),
        "KV cache in use, %": (50,),
    }
