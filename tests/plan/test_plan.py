"""The plan and its keys: what makes two measurements the same, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.plan.plan import Plan, Planner
from tasks.plan.subject import Hardware, Subject

SUBJECT = Subject(
    engine="vllm",
    engine_version="1",
    environment_digest="e",
    model="m",
    model_revision="r",
    tokenizer="",
    server_args="{}",
    server_env="{}",
    hardware=Hardware(cpu="c", cpu_count=2, memory_bytes=3),
    client="evalscope==1",
)


def keys(spec: Spec, subject: Subject = SUBJECT) -> list[str]:
    return [entry.key for entry in Planner(spec, subject, lambda key: False).plan().entries]


def test_points_come_sweep_by_sweep_and_repeat_by_repeat() -> None:
    spec = load_spec("smoke", ["sweeps.0.repeats=2"])
    plan = Planner(spec, SUBJECT, lambda key: False).plan()
    order = [(point.sweep.name, point.repeat, point.load.level) for point in plan.points]
    assert order == [("throughput", r, c) for r in (1, 2) for c in (1, 4, 8)] + [("chat", 1, 4)]
    assert plan.missing == len(plan.entries) == 8


def test_run_names_are_built_from_the_real_values() -> None:
    plan = Planner(load_spec("smoke"), SUBJECT, lambda key: False).plan()
    assert plan.points[-1].run_name == "gpt-oss-synthetic-number20-parallel4"


def test_a_rate_is_called_by_its_rate() -> None:
    spec = load_spec("smoke", ["sweeps.1.load=[{rate: 2.5, requests: 9}]"])
    assert Planner(spec, SUBJECT, lambda key: False).plan().points[-1].run_name == (
        "gpt-oss-synthetic-number9-parallelrate2.5"
    )


def test_a_search_is_one_entry_with_a_key_of_its_own() -> None:
    def plan(*overrides: str) -> Plan:
        load = "sweeps.0.load={until: saturated, concurrency: 1}"
        return Planner(load_spec("smoke", [load, *overrides]), SUBJECT, lambda key: False).plan()

    (entry,) = plan().searches
    assert (entry.sweep.name, entry.saturation.kind, plan().missing) == ("throughput", "concurrency", 3)
    (other,) = plan("sweeps.0.objectives=['success >= 1']").searches
    assert entry.key != other.key  # its answer is another, though its points are the same


def test_what_is_recorded_is_not_missing() -> None:
    spec = load_spec("smoke")
    recorded = set(keys(spec)[:3])
    plan = Planner(spec, SUBJECT, recorded.__contains__).plan()
    assert plan.missing == 2
    assert [entry.recorded for entry in plan.entries] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "field", ["engine_version", "environment_digest", "model", "model_revision", "server_args", "client"]
)
def test_another_subject_has_other_keys(field: str) -> None:
    spec = load_spec("smoke")
    other = keys(spec, SUBJECT.model_copy(update={field: "other"}))
    assert not set(keys(spec)) & set(other)


def test_other_hardware_has_other_keys() -> None:
    spec = load_spec("smoke")
    other = SUBJECT.model_copy(
        update={"hardware": SUBJECT.hardware.model_copy(update={"gpu_names": ("H100",)})}
    )
    assert not set(keys(spec)) & set(keys(spec, other))


def test_address_name_and_tracker_do_not_matter() -> None:
    plain = load_spec("endpoint")
    moved = load_spec(
        "endpoint", ["server.url=http://10.0.0.1:9/v1", "name=other", "track.swanlab.mode=disabled"]
    )
    assert keys(plain) == keys(moved)


def test_objectives_leave_every_point_reusable() -> None:
    assert keys(load_spec("smoke")) == keys(load_spec("smoke", ["sweeps.0.objectives=['success >= 1']"]))


def test_failures_that_are_allowed_make_other_points() -> None:
    assert keys(load_spec("smoke")) != keys(load_spec("smoke", ["sweeps.0.objectives=['success >= 0.9']"]))


def test_a_changed_load_point_leaves_the_others_reusable() -> None:
    changed = keys(load_spec("smoke", ["sweeps.0.load.1.requests=21"]))
    same = [a == b for a, b in zip(keys(load_spec("smoke")), changed, strict=True)]
    assert same == [True, False, True, True, True]


def test_a_question_file_counts_by_content_not_by_path(tmp_path: Path) -> None:
    def key(folder: str, text: str) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "test.jsonl").write_text(text)
        return keys(load_spec("smoke", [f"accuracy.0.path={tmp_path / folder}", "accuracy.0.name=mine"]))[-1]

    assert key("a", "one") == key("b", "one")
    assert key("b", "one") != key("b", "two")


def test_the_licence_is_no_part_of_a_key() -> None:
    spec = load_spec("smoke")
    assert keys(spec, SUBJECT.model_copy(update={"model_license": "mit"})) == keys(spec)


def test_a_set_is_asked_without_load_first() -> None:
    spec = load_spec("smoke", ["accuracy=[{under_load: {concurrency: 9}}, {dataset: aime24}, {}]"])
    entries = Planner(spec, SUBJECT, lambda key: False).plan().question_sets
    assert [entry.accuracy.set_name for entry in entries] == ["aime24", "aime25", "aime25-load9"]
    assert entries[1].asks == entries[2].asks != entries[0].asks
