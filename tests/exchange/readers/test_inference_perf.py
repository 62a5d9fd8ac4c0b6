"""The reports that inference-perf wrote about the stub: 12 requests, 4 at a time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.errors import InputError
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS

STAGE, SUMMARY = "stage_0_lifecycle_metrics.json", "summary_lifecycle_metrics.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the reports."""
    return shutil.copytree(PATHS["inference-perf"], tmp_path / "reports")


def _change(file: Path, **parts: dict[str, Any]) -> None:
    content = yaml.safe_load(file.read_text())
    for name, fields in parts.items():
        content[name] |= fields
    file.write_text(json.dumps(content))


def test_the_times_are_those_of_the_file(folder: Path) -> None:
    (point,) = read_foreign_run(folder).points
    assert point.figures["latency_mean_s"] == pytest.approx(0.2028043, abs=1e-7)
    assert point.figures["ttft_p50_s"] == pytest.approx(0.0512681, abs=1e-7)
    assert point.figures["ttft_p90_s"] == pytest.approx(0.0542248, abs=1e-7)
    assert point.figures["itl_mean_s"] == pytest.approx(0.0099679, abs=1e-7)
    assert point.figures["duration_s"] == pytest.approx(1.0329384, abs=1e-7)
    assert point.figures["total_token_throughput"] == pytest.approx(929.387, abs=1e-3)


def test_the_summary_has_the_load_of_the_only_stage(folder: Path) -> None:
    (folder / STAGE).unlink()
    (point,) = read_foreign_run(folder).points
    assert (point.load.label, point.load.requests) == ("c4", 12)
    assert read_foreign_run(folder / SUMMARY).points == (point,)


def test_the_summary_of_several_stages_is_no_load(folder: Path) -> None:
    (folder / STAGE).unlink()
    _change(folder / "config.yaml", load={"stages": [{"concurrency_level": 4}, {"concurrency_level": 8}]})
    with pytest.raises(InputError, match="a load of the type 'concurrent' cannot be read"):
        read_foreign_run(folder)


def test_every_stage_is_a_load_in_the_order_in_which_they_were_sent(folder: Path) -> None:
    for number, level in ((2, 8), (10, 16)):
        file = folder / f"stage_{number}_lifecycle_metrics.json"
        shutil.copy(folder / STAGE, file)
        _change(file, load_summary={"concurrency": level})
    run = read_foreign_run(folder)
    assert [point.load.label for point in run.points] == ["c4", "c8", "c16"]
    assert run.model == "stub"


@pytest.mark.parametrize("kind", ["constant", "poisson"])
def test_a_rate_is_an_open_loop_with_its_arrivals(folder: Path, kind: str) -> None:
    _change(folder / "config.yaml", load={"type": kind})
    _change(folder / STAGE, load_summary={"requested_rate": 2.5, "concurrency": None}, failures={"count": 3})
    (point,) = read_foreign_run(folder).points
    assert (point.load.label, point.load.model_dump()["arrival"]) == ("rate2.5", kind)
    assert (point.succeeded, point.failed, point.load.requests) == (12, 3, 15)


def test_a_replayed_trace_is_no_fixed_load(folder: Path) -> None:
    _change(folder / "config.yaml", load={"type": "trace_replay"})
    with pytest.raises(InputError, match="a load of the type 'trace_replay' cannot be read"):
        read_foreign_run(folder)


def test_tokens_that_the_tool_counted_otherwise_than_the_server_are_a_doubt(folder: Path) -> None:
    _change(folder / STAGE, successes={"token_count_mismatches": 5})
    assert read_foreign_run(folder).notes == (
        "its own tokenizer counted other output tokens than the server in 5 requests",
    )


def test_settings_that_name_no_model_leave_it_unknown(folder: Path) -> None:
    _change(folder / "config.yaml", server={"model_name": None})
    assert read_foreign_run(folder).model == "unknown"


@pytest.mark.parametrize("text", [None, "load: [", "[]"])
def test_without_settings_the_load_is_not_known(folder: Path, text: str | None) -> None:
    (folder / "config.yaml").unlink()
    if text is not None:
        (folder / "config.yaml").write_text(text)
    with pytest.raises(InputError, match=r"config\.yaml"):
        read_foreign_run(folder)
