"""What server, GPUs and machine did meanwhile: from the table telemetry to a chart."""

from __future__ import annotations

from datetime import timedelta
from math import isnan
from pathlib import Path
from xml.etree import ElementTree

from tasks.probe.reading import Reading
from tasks.record.store import Store
from tasks.record.write_run import record_telemetry
from tasks.report.charts.timeline import _broken, timeline_chart
from tasks.report.page.html import render_page
from tasks.report.report_input import Line
from tasks.report.timeline import SHOWN, timeline
from tests.record import made_up
from tests.report.made_up import report


def readings(source: str, metric: str, *values: float, begin: float = 0, step: float = 1) -> list[Reading]:
    return [
        Reading(made_up.START + timedelta(seconds=begin + step * place), source, metric, value)
        for place, value in enumerate(values)
    ]


def lines(tmp_path: Path, *told: list[Reading]) -> dict[str, Line]:
    store = Store(tmp_path)
    for number, each in enumerate(told):
        record_telemetry(store, "run-1", f"stage-{number}", each)
    return {f"{line.panel} {line.name}".strip(): line for line in timeline(store, made_up.run())}


def test_the_lines_that_telemetry_holds(tmp_path: Path) -> None:
    found = lines(
        tmp_path,
        readings("server", "vllm:num_requests_running", 1, 4, begin=10),
        readings("server", "vllm:kv_cache_usage_perc", 0.25),
        readings("server", "vllm:generation_tokens_total", 1000),
        readings("gpu", "power_w_gpu0", 300, 500),
        readings("gpu", "power_w_gpu1", 200, 100),
        readings("gpu", "utilization_share_gpu0", 0.9),
        readings("gpu", "utilization_share_gpu1", 0.7),
    )
    assert set(found) == {
        "Requests at the server running", "KV cache in use, %", "GPU power, W", "GPU utilisation, %",
    }  # fmt: skip
    assert found["Requests at the server running"].seconds == (10, 11)
    assert found["KV cache in use, %"].values == (25,)
    assert found["GPU power, W"].values == (500, 600)
    assert found["GPU utilisation, %"].values == (80,)


def test_a_long_run_is_thinned_out(tmp_path: Path) -> None:
    (line,) = lines(tmp_path, readings("gpu", "power_w_gpu0", *range(5000))).values()
    assert SHOWN / 2 < len(line.values) <= SHOWN
    assert line.values[:2] == (0, 9)


def test_a_line_is_broken_where_nothing_was_read() -> None:
    seconds, values = _broken(Line(panel="p", name="", seconds=(0, 1, 30, 31), values=(1, 2, 3, 4)))
    assert seconds == [0, 1, 1, 30, 31]
    assert isnan(values[2])
    assert values[:2] + values[3:] == [1, 2, 3, 4]


def test_the_chart_has_a_panel_a_figure_and_stands_on_the_page() -> None:
    drawn = tuple(
        Line(panel=panel, name=name, seconds=(0, 1, 2), values=(1, 3, 2))
        for panel, name in (("Requests", "running"), ("Requests", "waiting"), ("GPU power, W", ""))
    )
    chart = timeline_chart(drawn) or ""
    ElementTree.fromstring(chart)
    for told in ("Requests", "running", "waiting", "GPU power, W", "var(--second)"):
        assert told in chart
    assert chart in render_page(report(course=drawn))
    assert timeline_chart(()) is None
    assert "meanwhile" not in render_page(report())
