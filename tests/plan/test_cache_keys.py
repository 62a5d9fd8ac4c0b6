"""Cache keys stay what they are: a key that changes has every figure of every user measured again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.config.generation import Generation
from tasks.config.objective import Objective
from tasks.config.question_set import QuestionSet
from tasks.config.server import EndpointServer
from tasks.config.sweep import Sweep
from tasks.plan import cache_keys
from tasks.plan.cache_keys import accuracy_key, answers_key, asks_key, point_key, search_key
from tasks.plan.subject import Hardware, Subject

SUBJECT = Subject(
    engine="vllm",
    engine_version="0.32.0",
    environment_digest="d",
    model="m",
    model_revision="r",
    tokenizer="",
    server_args="{}",
    server_env="{}",
    hardware=Hardware(cpu="c", cpu_count=2, memory_bytes=3),
    client="servegauge==0.1.0",
)
SWEEP = {"name": "throughput", "input_tokens": 1024, "output_tokens": 1024}
FIRST = {"concurrency": 10, "requests": 50}


@pytest.mark.parametrize(
    ("load", "key"),
    [
        (FIRST, "point-v4-a02d66d8252444056788e4311eacbbcc"),
        ({"rate": 2.5, "requests": 9, "arrival": "constant"}, "point-v4-0326bf91452d60ae0d89dbe9f5946c18"),
        ({"burst": 7}, "point-v4-6dccdfcdbaf7ba86dc559f0073607926"),
        ({"concurrency": 3, "requests": 30, "duration_s": 5}, "point-v4-e8f3cab0dd1ea4684c5c6e20108f65a0"),
    ],
)
def test_the_key_of_a_point_is_that_of_version_0_1_0(load: dict[str, Any], key: str) -> None:
    sweep = Sweep.model_validate(SWEEP | {"load": [load]})
    assert point_key(SUBJECT, sweep, sweep.loads[0], 2) == key


def test_objectives_are_no_part_of_a_key_but_for_allowed_failures() -> None:
    plain = Sweep.model_validate(SWEEP | {"load": [FIRST]})
    bounded = plain.model_copy(update={"objectives": objectives("ttft_p95_s <= 1")})
    lenient = plain.model_copy(update={"objectives": objectives("success >= 0.9", "ttft_p95_s <= 1")})
    load = plain.loads[0]
    assert point_key(SUBJECT, bounded, load, 1) == point_key(SUBJECT, plain, load, 1)
    assert point_key(SUBJECT, lenient, load, 1) == "point-v4-b7e703e81206714618bb6ff0666dd424"


def test_the_key_of_a_search_is_the_one_of_version_0_1_0() -> None:
    assert search_key(SUBJECT, searched(concurrency=1)) == "knee-v4-3a3b1aa6e1c2ea806dcdf4fd156e2a99"


def test_a_rate_that_an_earlier_version_searched_is_searched_again() -> None:
    """Its points lack the rate at which requests ended, by which a rate is judged."""
    rates = searched(rate=1)
    assert search_key(SUBJECT, rates) != "knee-v4-41424a10a4c721857881d600a015d698"
    assert rates.search is not None
    level = rates.search.load_at(2)
    listed = rates.model_copy(update={"load": (level,)})
    assert point_key(SUBJECT, rates, level, 1) != point_key(SUBJECT, listed, level, 1)


def test_a_search_that_warms_its_levels_up_shares_no_point_with_one_that_does_not() -> None:
    plain = searched(concurrency=1)
    bounded = plain.model_copy(update={"objectives": objectives("success >= 0.9", "ttft_p95_s <= 1")})
    asked = bounded.model_copy(update={"warmup_waves": 1})
    assert plain.search is not None
    level = plain.search.load_at(2)
    assert len({point_key(SUBJECT, each, level, 1) for each in (plain, bounded, asked)}) == 3
    assert len({search_key(SUBJECT, each) for each in (plain, bounded, asked)}) == 3


def test_a_search_that_bounds_a_percentile_has_an_order_of_its_own() -> None:
    drawn = Sweep.model_validate(
        SWEEP | {"load": {"until": "saturated", "concurrency": 1}, "output_tokens": {"uniform": [2, 9]}}
    )
    mean, p95 = (
        drawn.model_copy(update={"objectives": objectives("success >= 0.9", f"latency_{statistic}_s <= 1")})
        for statistic in ("mean", "p95")
    )
    assert drawn.search is not None
    level = drawn.search.load_at(2)
    assert point_key(SUBJECT, mean, level, 1) != point_key(SUBJECT, p95, level, 1)


def searched(**start: float) -> Sweep:
    """A sweep that searches for the load which saturates the server."""
    fields = {"load": {"until": "saturated", **start}, "objectives": ["success >= 0.9"]}
    return Sweep.model_validate(SWEEP | fields)


def test_answers_serve_more_repeats_and_other_retries() -> None:
    asked = QuestionSet(repeats=4)
    more = asked.model_copy(update={"repeats": 8})
    assert accuracy_key(SUBJECT, more) != accuracy_key(SUBJECT, asked)
    assert answers_key(SUBJECT, more) == answers_key(SUBJECT, asked)
    patient = asked.model_copy(update={"retries": 5, "timeout_s": 5.0})
    assert accuracy_key(SUBJECT, patient) == accuracy_key(SUBJECT, asked)
    assert answers_key(SUBJECT, patient) == answers_key(SUBJECT, asked)
    warmer = asked.model_copy(update={"generation": Generation(temperature=0.5)})
    assert answers_key(SUBJECT, warmer) != answers_key(SUBJECT, asked)


def test_a_new_combination_leaves_the_others_as_they_are() -> None:
    few = QuestionSet.model_validate({"generation": {"temperature": [0.6, 1.0]}}).combinations()
    more = QuestionSet.model_validate({"generation": {"temperature": [0.6, 0.8, 1.0]}}).combinations()
    assert [accuracy_key(SUBJECT, each) for each in few] == [accuracy_key(SUBJECT, more[n]) for n in (0, 2)]
    alone = QuestionSet.model_validate({"generation": {"temperature": 0.6}})
    assert answers_key(SUBJECT, alone) == answers_key(SUBJECT, few[0])


def test_scores_that_were_judged_in_another_way_are_not_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = accuracy_key(SUBJECT, QuestionSet())
    monkeypatch.setattr(cache_keys, "GRADING", cache_keys.GRADING + 1)
    assert accuracy_key(SUBJECT, QuestionSet()) != before


def test_scores_under_another_name_are_not_reused(tmp_path: Path) -> None:
    for folder in ("aime25", "mine", "yours"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test.jsonl").write_text("{}")
    keys = {accuracy_key(SUBJECT, QuestionSet(path=str(tmp_path / name))) for name in ("mine", "yours")}
    assert len(keys) == 2
    renamed = QuestionSet(path=str(tmp_path / "yours"), name="mine")
    assert accuracy_key(SUBJECT, renamed) in keys
    of_the_dataset = QuestionSet(path=str(tmp_path / "aime25"))
    assert accuracy_key(SUBJECT, of_the_dataset) != accuracy_key(SUBJECT, QuestionSet())


def test_request_fields_are_part_of_a_key_where_they_are_set() -> None:
    plain = Sweep.model_validate(SWEEP | {"load": [FIRST]})
    load = plain.loads[0]
    keys = {
        point_key(SUBJECT, plain.model_copy(update={"request": fields}), load, 1)
        for fields in ({}, {"top_k": 1}, {"top_k": 2}, {"seed": 1})
    }
    assert len(keys) == 4
    two = {"top_k": 1, "seed": 2}, {"seed": 2, "top_k": 1}
    assert len({point_key(SUBJECT, plain.model_copy(update={"request": it}), load, 1) for it in two}) == 1
    searched = Sweep.model_validate(
        SWEEP | {"load": {"until": "saturated", "rate": 1}, "objectives": ["success >= 0.9"]}
    )
    assert search_key(SUBJECT, searched.model_copy(update={"request": {"seed": 1}})) != search_key(
        SUBJECT, searched
    )
    asked = QuestionSet(repeats=8)
    seeded = asked.model_copy(update={"generation": Generation(request={"seed": 1})})
    assert accuracy_key(SUBJECT, seeded) != accuracy_key(SUBJECT, asked)


def test_names_of_headers_and_the_query_are_part_of_the_subject_and_values_are_not() -> None:
    """Without them it is what it was in version 0.1.0."""

    def settings(**fields: object) -> str:
        return EndpointServer.model_validate(
            {"kind": "endpoint", "url": "http://h/v1", "model": "m", **fields}
        ).settings

    assert settings() == settings(url="https://other:8/llm/v1/") == "{}"
    assert settings(headers={"X-Team": "A"}) == settings(headers={"x-team": "B"}) == '{"headers": ["x-team"]}'
    assert settings(url="http://h/v1?api-version=1") == '{"query": "api-version=1"}'


def test_lengths_are_part_of_a_key_where_they_are_set(tmp_path: Path) -> None:
    """A table counts by its content. A seed that draws nothing else changes no key of an older spec."""

    def key(**fields: Any) -> str:
        sweep = Sweep.model_validate(SWEEP | {"load": [FIRST]} | fields)
        return point_key(SUBJECT, sweep, sweep.loads[0], 1)

    for name, text in (("a.csv", "1"), ("b.csv", "1"), ("c.csv", "2")):
        (tmp_path / name).write_text(text)
    table = {"input_tokens": 1024, "output_tokens": None}
    drawn = {"uniform": [1024, 1024]}
    assert len({key(), key(input_tokens=drawn), key(output_tokens=drawn), key(traffic_seed=1)}) == 4
    a, b, c = (key(**table, lengths=str(tmp_path / name)) for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b != c


def test_a_trace_counts_by_its_content_and_other_new_fields_where_they_are_set(tmp_path: Path) -> None:
    def key(load: dict[str, Any], **fields: Any) -> str:
        sweep = Sweep.model_validate({"name": "throughput", "load": [load]} | fields)
        return point_key(SUBJECT, sweep, sweep.loads[0], 1)

    for name, text in (("a.csv", "1"), ("b.csv", "1"), ("c.csv", "2")):
        (tmp_path / name).write_text(text)
    a, b, c = (key({"trace": str(tmp_path / name), "requests": 1}) for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b != c
    rate = {"rate": 2.5, "requests": 9}
    assert (
        len({key(rate), key(rate | {"burstiness": 2}), key(rate, abandon={"share": 0.5, "after_s": 1})}) == 3
    )
    assert key(rate | {"burstiness": None}) == key(rate)


def test_everything_about_conversations_is_part_of_a_key_and_a_file_counts_by_its_content(
    tmp_path: Path,
) -> None:
    def key(**conversation: Any) -> str:
        fields = {"name": "s", "dataset": "conversations", "load": [FIRST], "conversation": conversation}
        sweep = Sweep.model_validate(fields)
        return point_key(SUBJECT, sweep, sweep.loads[0], 1)

    for name, text in (("a.jsonl", "1"), ("b.jsonl", "1"), ("c.jsonl", "2")):
        (tmp_path / name).write_text(text)
    a, b, c = (key(file=str(tmp_path / name)) for name in ("a.jsonl", "b.jsonl", "c.jsonl"))
    assert a == b != c
    thinking = {"uniform": [1, 2]}
    others = (key(turns=5), key(think_time_s=1), key(think_time_s=thinking), key(tool_result_tokens=5))
    assert len({a, c, key(), *others}) == 7
    assert key(turns=4) == key()


def test_a_search_orders_drawn_requests_so_its_points_have_keys_of_their_own() -> None:
    search = {"until": "saturated", "concurrency": 1}

    def keys(load: Any, **fields: Any) -> tuple[str, str]:
        sweep = Sweep.model_validate({"name": "s", "load": load, **fields})
        return point_key(SUBJECT, sweep, LISTED, 1), search_key(SUBJECT, sweep)

    assert keys(search)[0] == keys([FIRST])[0]
    drawn = {"output_tokens": {"uniform": [1, 9]}}
    assert keys(search, **drawn)[0] != keys([FIRST], **drawn)[0]


LISTED = Sweep.model_validate({"name": "s", "load": [FIRST]}).loads[0]


def objectives(*texts: str) -> tuple[Objective, ...]:
    """Objectives as a spec writes them."""
    return tuple(Objective.model_validate(text) for text in texts)


def test_a_load_has_a_key_of_its_own_and_asks_the_same() -> None:
    quiet = QuestionSet()
    loaded = QuestionSet.model_validate({"under_load": {"concurrency": 50}, "repeats": 3})
    patient = QuestionSet.model_validate({"under_load": {"concurrency": 50, "timeout_s": 9}, "repeats": 3})
    busier = QuestionSet.model_validate({"under_load": {"concurrency": 60}, "repeats": 3})
    for key in (accuracy_key, answers_key):
        assert key(SUBJECT, loaded) == key(SUBJECT, patient)
        assert len({key(SUBJECT, each) for each in (quiet, loaded, busier)}) == 3
    assert len({asks_key(SUBJECT, each) for each in (quiet, loaded, busier)}) == 1
    assert asks_key(SUBJECT, quiet) != asks_key(SUBJECT, QuestionSet(limit=3))
