"""A run written in the form of another tool and read back has the same figures, and is known as ours."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from cli.export_run import Form
from tasks.audit.verdict import Verdict
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.load_kinds.rate_profile import RateProfile
from tasks.config.results_location import ResultsLocation
from tasks.errors import InputError
from tasks.exchange.export_run import export_run
from tasks.exchange.exported_by import MARK
from tasks.exchange.import_run import import_file
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.exchange.writers.writer_registry import WRITERS
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.read_run import recorded_points
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.exchange.test_readers import PATHS
from tests.record import made_up

SUSPECT = Verdict(verdict="suspect", reasons=("made up",))
INVALID = Verdict(verdict="invalid", reasons=("made up",))
SUMMARY = {"evalscope": "benchmark_summary.json", "vllm": ".json", "mlperf": "result_summary.json"}
NOT_IN_THE_FORM = {
    "evalscope": {"goodput"},
    "vllm": {"input_token_throughput", "goodput"},
    "mlperf": {"input_token_throughput", "total_token_throughput", "goodput"},
}
"""Figures of a made-up point that a form has no field for, or that are not read back."""
LOADS = {
    "c4": made_up.point(concurrency=4, requests=200, failed=2),
    "rate2.5": made_up.open_point(made_up.point(requests=120), 2.5),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(ResultsLocation(folder=tmp_path / "results"))


def record(store: Store, *points: RecordedPoint) -> None:
    """Record a run of these points."""
    record_run(store, made_up.run())
    for point in points:
        record_point(store, "run-1", point)


def summaries(files: tuple[Path, ...], form: str) -> list[Path]:
    """The files that `servegauge import` is given."""
    return [file for file in files if file.name.endswith(SUMMARY[form])]


def known(point: PointResult, form: str) -> dict[str, float]:
    """The figures of a point that a form can hold: no ITL in MLPerf's."""
    unknown = NOT_IN_THE_FORM[form] | ({"input_token_throughput"} if form == "evalscope" else set())
    return {
        name: value
        for name, value in point.figures.items()
        if value is not None and name not in unknown and not (form == "mlperf" and name.startswith("itl"))
    }


def test_every_form_can_be_chosen() -> None:
    assert {form.value for form in Form} == WRITERS.keys() == SUMMARY.keys()


@pytest.mark.parametrize("label", LOADS)
@pytest.mark.parametrize("form", WRITERS)
def test_what_is_exported_is_read_back_with_the_same_figures(
    store: Store, tmp_path: Path, form: str, label: str
) -> None:
    record(store, made_up.recorded(LOADS[label]))
    exported = export_run(store, "run-1", form, tmp_path / "out")
    assert exported.notes == ()
    (file,) = summaries(exported.files, form)
    foreign = read_foreign_run(file)
    (point,) = foreign.points
    assert (foreign.tool, foreign.version) == ("servegauge", version("servegauge"))
    assert (foreign.model, foreign.measured_at) == ("made-up-model", made_up.START)
    assert (point.load.label, point.load.requests) == (label, LOADS[label].requests)
    assert (point.succeeded, point.failed) == (LOADS[label].succeeded, LOADS[label].failed)
    read = {name: value for name, value in point.figures.items() if value is not None}
    assert read == pytest.approx(known(LOADS[label], form))


def test_an_exported_run_is_imported_as_ours_and_suspect(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(LOADS["c4"]))
    (file,) = export_run(store, "run-1", "vllm", tmp_path / "out").files
    run = import_file(file, "throughput", store)
    assert run.manifest.source == f"servegauge {version('servegauge')}"
    (point,) = recorded_points(store, run)
    assert point.verdict.verdict == "suspect"
    assert point.result["ttft_mean_s"] == pytest.approx(LOADS["c4"]["ttft_mean_s"])


def test_an_imported_run_keeps_its_tool_when_it_is_exported(store: Store, tmp_path: Path) -> None:
    run = import_file(PATHS["guidellm"], "throughput", store)
    (file,) = export_run(store, run.run_id, "vllm", tmp_path / "out").files
    assert (read_foreign_run(file).tool, read_foreign_run(file).version) == ("guidellm", "0.8.1")


def test_files_are_where_the_tools_put_them(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(made_up.point(concurrency=4, requests=20)))
    paths = {}
    for form in WRITERS:
        files = export_run(store, "run-1", form, tmp_path / form).files
        paths[form] = sorted(str(file.relative_to(tmp_path / form)) for file in files)
    folder = "throughput-1/parallel_4_number_20"
    assert paths == {
        "vllm": ["throughput-c4-number20-1.json"],
        "evalscope": [
            f"{folder}/benchmark_args.json",
            f"{folder}/benchmark_percentile.json",
            f"{folder}/benchmark_summary.json",
        ],
        "mlperf": [
            "throughput-c4-number20-1/config.yaml",
            "throughput-c4-number20-1/performance/result_summary.json",
        ],
    }


@pytest.mark.parametrize("form", ["evalscope", "mlperf"])
def test_the_folder_of_a_point_can_be_imported(store: Store, tmp_path: Path, form: str) -> None:
    record(store, made_up.recorded(LOADS["c4"]))
    (file,) = summaries(export_run(store, "run-1", form, tmp_path / "out").files, form)
    folder = file.parent if form == "evalscope" else file.parent.parent
    assert read_foreign_run(folder) == read_foreign_run(file)


def test_the_mark_says_what_the_form_cannot(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(LOADS["c4"], verdict=SUSPECT))
    exported = export_run(store, "run-1", "vllm", tmp_path / "out")
    assert exported.notes == ("throughput 4 is suspect and exported all the same: made up",)
    marked: dict[str, Any] = json.loads(exported.files[0].read_text())[MARK]
    assert (marked["run_id"], marked["verdict"], marked["reasons"]) == ("run-1", "suspect", ["made up"])
    assert "at the socket" in marked["definitions"]["TTFT"]


def test_what_no_form_can_say_of_a_sweep_is_noted(store: Store, tmp_path: Path) -> None:
    sweeps = [
        {"name": "throughput", "conversation": {"turns": 3}, "abandon": None},
        {"name": "chat", "mix": [1]},
    ]
    record(store, made_up.recorded(LOADS["c4"]))
    record_run(store, made_up.run().model_copy(update={"spec_json": json.dumps({"sweeps": sweeps})}))
    exported = export_run(store, "run-1", "vllm", tmp_path / "out")
    assert exported.notes == ("throughput: no form has a field for its conversation",)
    assert len(exported.files) == 1


def test_invalid_points_are_left_out(store: Store, tmp_path: Path) -> None:
    other = made_up.recorded(made_up.point(concurrency=8), verdict=INVALID)
    record(store, made_up.recorded(LOADS["c4"]), other)
    exported = export_run(store, "run-1", "vllm", tmp_path / "out")
    assert [file.name for file in exported.files] == ["throughput-c4-number200-1.json"]
    assert exported.notes == ("throughput 8 is invalid and left out: made up",)


def test_a_load_that_changes_is_left_out(store: Store, tmp_path: Path) -> None:
    profile = RateProfile.model_validate({"rate": {"from": 1, "to": 5, "over_s": 10}, "requests": 20})
    record(store, made_up.recorded(made_up.point().model_copy(update={"load": profile})))
    with pytest.raises(InputError, match=r"vllm bench serve has no field for the load"):
        export_run(store, "run-1", "vllm", tmp_path / "out")


@pytest.mark.parametrize(
    ("form", "arrivals"),
    [
        ("mlperf", {"arrival": "constant"}),
        ("mlperf", {"burstiness": 0.5}),
        ("evalscope", {"arrival": "constant"}),
        ("evalscope", {"burstiness": 0.5}),
        ("vllm", {"arrival": "constant"}),
    ],
)
def test_arrivals_that_would_be_read_as_poisson_are_left_out(
    store: Store, tmp_path: Path, form: str, arrivals: dict[str, Any]
) -> None:
    other = OpenLoop(rate=2.5, requests=20, **arrivals)
    record(store, made_up.recorded(made_up.point().model_copy(update={"load": other})))
    with pytest.raises(InputError, match=r"no field for the arrivals of rate2\.5"):
        export_run(store, "run-1", form, tmp_path / "out")


def test_bursts_are_written_for_vllm_and_read_back(store: Store, tmp_path: Path) -> None:
    bursts = OpenLoop(rate=2.5, requests=20, burstiness=0.5)
    record(store, made_up.recorded(made_up.point().model_copy(update={"load": bursts})))
    (file,) = export_run(store, "run-1", "vllm", tmp_path / "out").files
    assert read_foreign_run(file).points[0].load.label == bursts.label


@pytest.mark.usefixtures("shanghai")
def test_vllms_date_is_of_this_machines_clock(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(LOADS["c4"]))
    (file,) = export_run(store, "run-1", "vllm", tmp_path / "out").files
    in_shanghai = made_up.START + timedelta(hours=8)
    assert json.loads(file.read_text())["date"] == f"{in_shanghai:%Y%m%d-%H%M%S}"
    assert read_foreign_run(file).measured_at == made_up.START


def test_a_file_is_never_replaced(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(LOADS["c4"]))
    (file,) = export_run(store, "run-1", "vllm", tmp_path / "out").files
    file.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        export_run(store, "run-1", "vllm", tmp_path / "out")
    assert file.read_text() == "mine"


def test_a_sweep_that_is_not_there_is_wrong_input(store: Store, tmp_path: Path) -> None:
    record(store, made_up.recorded(LOADS["c4"]))
    with pytest.raises(InputError, match="it has no points of a sweep 'chat'"):
        export_run(store, "run-1", "vllm", tmp_path / "out", "chat")


def test_a_mark_with_an_unknown_tool_is_wrong_input(tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    content = json.loads(PATHS["vllm"].read_text()) | {MARK: {"source": "other 1"}}
    file.write_text(json.dumps(content))
    with pytest.raises(InputError, match="unknown tool: 'other 1'"):
        read_foreign_run(file)


def test_points_that_differ_in_their_requests_alone_have_files_of_their_own(
    store: Store, tmp_path: Path
) -> None:
    record(store, *(made_up.recorded(made_up.point(requests=requests)) for requests in (20, 40)))
    for form in WRITERS:
        files = export_run(store, "run-1", form, tmp_path / form).files
        assert len(summaries(files, form)) == 2
