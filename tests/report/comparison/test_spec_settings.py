"""The settings of sweeps and question sets in which two runs differ."""

from __future__ import annotations

import json
from typing import Any

from tasks.measure.speed.figures.notation import MISSING
from tasks.record.results import RunRecord
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.difference_table import difference_table
from tasks.report.comparison.spec_settings import spec_settings
from tests.record import made_up
from tests.report.comparison.compared_runs import compared


def run_of(spec: dict[str, Any] | None) -> RunRecord:
    """A run that recorded this spec."""
    return made_up.run().model_copy(update={"spec_json": json.dumps(spec) if spec else None})


def sweep(name: str, **fields: Any) -> dict[str, Any]:
    return {"sweeps": [{"name": name, "load": [{"concurrency": 1}], "repeats": 1, **fields}]}


def test_a_field_is_named_by_its_sweep_and_by_the_field_that_it_is_in() -> None:
    spec = sweep("chat", temperature=0.6, abandon={"share": 0.05}, request={}, lengths=None)
    assert spec_settings([run_of(spec)]) == [
        {"sweep chat: repeats": 1, "sweep chat: temperature": 0.6, "sweep chat: abandon.share": 0.05}
    ]


def test_a_search_is_a_setting_and_a_list_of_loads_is_none() -> None:
    (settings,) = spec_settings([run_of(sweep("chat", load={"until": "saturated", "max": 8}))])
    assert settings == {
        "sweep chat: repeats": 1,
        "sweep chat: search.until": "saturated",
        "sweep chat: search.max": 8,
    }


def test_question_sets_are_named_as_in_results() -> None:
    sets = [
        {"dataset": "aime25", "path": "/a/of-ours", "retries": 3},
        {"dataset": "aime25", "name": "mine", "retries": 4, "under_load": {"concurrency": 5}},
        {"dataset": "gsm8k", "generation": {"temperature": 1.0}},
    ]
    assert spec_settings([run_of({"accuracy": sets})]) == [
        {
            "questions of-ours: dataset": "aime25",
            "questions of-ours: retries": 3,
            "questions mine under load: dataset": "aime25",
            "questions mine under load: retries": 4,
            "questions mine under load: under_load.concurrency": 5,
            "questions gsm8k: dataset": "gsm8k",
            "questions gsm8k: generation.temperature": 1.0,
        }
    ]


def test_a_set_under_two_loads_has_the_settings_of_both() -> None:
    loads = [{"dataset": "aime25", "under_load": {"concurrency": level}} for level in (5, 50)]
    assert spec_settings([run_of({"accuracy": loads})]) == [
        {
            "questions aime25 under load: dataset": "aime25",
            "questions aime25 under load: under_load.concurrency": 5,
            "questions aime25 under load #2: dataset": "aime25",
            "questions aime25 under load #2: under_load.concurrency": 50,
        }
    ]


def test_of_a_server_the_fields_that_the_manifest_lacks_are_settings() -> None:
    server = {
        "kind": "endpoint",
        "url": "http://a/v1",
        "model": "m",
        "args": {"x": 1},
        "price_per_hour": None,
    }
    assert spec_settings([run_of({"server": server})]) == [
        {"server: kind": "endpoint", "server: url": "http://a/v1"}
    ]


def test_a_sweep_that_one_run_lacks_is_no_setting() -> None:
    assert spec_settings([run_of(sweep("chat")), run_of(sweep("long"))]) == [{}, {}]


def test_a_run_without_a_spec_hides_no_setting_of_the_others() -> None:
    both = spec_settings([run_of(sweep("chat")), run_of(None)])
    assert both == [{"sweep chat: repeats": 1}, {}]


def test_the_table_names_the_setting_and_both_values() -> None:
    runs = []
    for run_id, temperature in (("a", 0.0), ("b", 0.6)):
        spec = sweep("chat", temperature=temperature, mix=[{"sweep": "x", "share": temperature}])
        run = compared(run_id)
        record = run.report.run.model_copy(update={"spec_json": json.dumps(spec)})
        runs.append(run.model_copy(update={"report": run.report.model_copy(update={"run": record})}))
    assert difference_table(runs).rows == (
        ("sweep chat: temperature", "0.0", "0.6"),
        ("sweep chat: mix", "{sweep: x, share: 0.0}", "{sweep: x, share: 0.6}"),
    )


def test_a_run_without_a_spec_differs_in_no_setting_of_one() -> None:
    def run(run_id: str, spec: dict[str, Any] | None) -> ComparedRun:
        done = compared(run_id)
        record = done.report.run.model_copy(update={"spec_json": json.dumps(spec) if spec else None})
        return done.model_copy(update={"report": done.report.model_copy(update={"run": record})})

    one, other, without = run("a", sweep("chat")), run("b", sweep("chat", clients=2)), run("c", None)
    assert difference_table([one, without]).rows == ()
    assert difference_table([one, without, other]).rows == (("sweep chat: clients", MISSING, MISSING, "2"),)
