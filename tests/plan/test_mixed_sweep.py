"""The planned requests of a mix: the part of each, and that a part sends what its sweep sends alone."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.objective import Objective
from tasks.config.sweep import Sweep
from tasks.plan.cache_keys import point_key, search_key
from tasks.plan.mixed_sweep import MixedSweep, with_parts
from tasks.plan.planned_request import PlannedRequest
from tasks.plan.point_requests import planned_requests
from tests.plan.test_cache_keys import SUBJECT

LOAD = ClosedLoop(concurrency=4, requests=40)
SHARES = [0.7, 0.3]
DOCUMENTS = Sweep(
    name="documents",
    input_tokens={"uniform": [10, 90]},
    output_tokens={"uniform": [5, 20]},
    prefixes={"count": 3, "tokens": 50},
    traffic_seed=4,
    abandon={"share": 0.5, "after_s": 2},
    load=(LOAD,),
)
QUESTIONS = Sweep(name="questions", endpoint="chat", dataset="openqa", max_tokens=32)


def mix(documents: Sweep = DOCUMENTS, questions: Sweep = QUESTIONS, **fields: Any) -> Sweep:
    """A mix of these two sweeps."""
    names = [documents.name, questions.name]
    parts = [{"sweep": name, "share": share} for name, share in zip(names, SHARES, strict=True)]
    named = Sweep.model_validate({"name": "office", "mix": parts, "load": (LOAD,), **fields})
    return with_parts(named, (documents, questions, named))


def bounds(*texts: str) -> tuple[Objective, ...]:
    """Objectives."""
    return tuple(map(Objective.model_validate, texts))


def planned(sweep: Sweep, requests: int = 40, warmup: int = 6) -> list[PlannedRequest]:
    """The requests of a sweep."""
    return planned_requests(sweep, LOAD, requests, warmup)


def test_a_sweep_without_mix_stays_as_it_is() -> None:
    assert with_parts(DOCUMENTS, (DOCUMENTS,)) is DOCUMENTS
    assert (DOCUMENTS.kinds, DOCUMENTS.kind_of(None)) == ((DOCUMENTS,), DOCUMENTS)
    assert {request.part for request in planned(DOCUMENTS)} == {None}


def test_a_mix_has_the_objectives_of_its_parts_on_their_own_requests() -> None:
    strict = DOCUMENTS.model_copy(
        update={"objectives": bounds("ttft_p95_s <= 2", "success >= 0.9", "tpot_mean_s <= 1")}
    )
    mixed = mix(strict, objectives=["latency_mean_s <= 9"])
    names = ["latency_mean_s <= 9", "documents: ttft_p95_s <= 2", "documents: tpot_mean_s <= 1"]
    assert [str(bound) for bound in mixed.objectives] == names
    assert point_key(SUBJECT, mixed, LOAD, 1) == point_key(SUBJECT, mix(), LOAD, 1)


def test_a_bound_on_a_part_is_part_of_the_key_of_a_search() -> None:
    def key(*texts: str) -> str:
        part = DOCUMENTS.model_copy(update={"objectives": bounds(*texts)})
        return search_key(SUBJECT, mix(part, load={"until": "saturated", "concurrency": 1}))

    assert len({key(), key("ttft_p95_s <= 2"), key("ttft_p95_s <= 3")}) == 3
    assert key("success >= 0.9") == key()  # the mix alone says how many may fail


OWED = ["documents"] * 9 + ["questions", "documents"] * 5 + ["questions"]
"""The parts of a block before it is shuffled: always the one that is owed most, of 14 and 6."""


def parts_of(sweep: Sweep, requests: int = 200) -> list[str | None]:
    """The parts of the measured requests."""
    return [request.part for request in planned(sweep, requests)[6:]]


def test_every_twenty_requests_have_the_shares_in_an_order_that_the_seed_draws() -> None:
    generator = random.Random("7:mix:measured")
    expected = []
    for _ in range(10):
        order = list(range(20))
        generator.shuffle(order)
        expected += [OWED[index] for index in order]
    assert parts_of(mix(traffic_seed=7)) == expected
    assert parts_of(mix(traffic_seed=7), 50) == expected[:50]
    assert parts_of(mix(traffic_seed=8)) != expected


def test_a_small_share_gets_its_requests_in_the_long_run() -> None:
    named = Sweep.model_validate(
        {
            "name": "office",
            "mix": [{"sweep": "documents", "share": 0.97}, {"sweep": "questions", "share": 0.03}],
            "load": (LOAD,),
        }
    )
    parts = parts_of(with_parts(named, (DOCUMENTS, QUESTIONS, named)), 1000)
    for end in range(20, 1001, 20):
        assert abs(parts[:end].count("questions") - 0.03 * end) <= 1


def test_the_requests_of_a_part_are_those_of_its_sweep_alone() -> None:
    mixed = [request for request in planned(mix()) if request.part == "documents"]
    warmup = sum(request.warmup for request in mixed)
    assert 0 < warmup < 6
    assert len(mixed) - warmup == 28
    alone = planned(DOCUMENTS, len(mixed) - warmup, warmup)

    def drawn(request: PlannedRequest) -> tuple[Any, ...]:
        return request.input_tokens, request.output_tokens, request.seen_tokens, request.abandon_after_s

    assert [drawn(request) for request in mixed] == [drawn(request) for request in alone]
    assert {request.abandon_after_s for request in mixed} == {None, 2}
    assert [request.shared for request in mixed] == [
        tuple((f"documents: {block}", size) for block, size in request.shared) for request in alone
    ]


def test_questions_have_the_length_that_their_file_and_the_model_give() -> None:
    questions = [request for request in planned(mix()) if request.part == "questions"]
    assert questions
    lengths = {(request.input_tokens, request.output_tokens, request.seen_tokens) for request in questions}
    assert lengths == {(None, None, None)}


def test_two_parts_with_prefixes_share_none() -> None:
    other = DOCUMENTS.model_copy(update={"name": "other", "abandon": None})
    found = planned(mix(DOCUMENTS, other))
    blocks = {request.part: {block for block, _ in request.shared} for request in found}
    assert not blocks["documents"] & blocks["other"]
    first = {part: next(request for request in found if request.part == part) for part in blocks}
    assert [first[part].seen_tokens for part in blocks] == [0, 0]


def key(sweep: Sweep) -> str:
    return point_key(SUBJECT, sweep, LOAD, 1)


def test_the_key_holds_what_the_parts_send_and_nothing_else(tmp_path: Path) -> None:
    assert key(mix()) == key(mix())
    assert key(mix(DOCUMENTS.model_copy(update={"prefixes": None}))) != key(mix())
    assert key(mix(questions=QUESTIONS.model_copy(update={"temperature": 1.0}))) != key(mix())
    others = {"load": None, "repeats": 3, "warmup_requests": 5, "clients": 2, "timeout_s": 9}
    assert key(mix(DOCUMENTS.model_copy(update=others))) == key(mix())
    keys = []
    for number, text in enumerate(("a", "b", "b")):
        file = tmp_path / f"{number}.jsonl"
        file.write_text(f'{{"question": "{text}"}}\n')
        keys.append(key(mix(questions=QUESTIONS.model_copy(update={"dataset": str(file)}))))
    assert keys[0] != keys[1] == keys[2]


def test_a_mix_is_a_sweep_with_its_parts() -> None:
    mixed = mix()
    assert isinstance(mixed, MixedSweep)
    assert mixed.kinds == (DOCUMENTS, QUESTIONS)
    assert mixed.kind_of("questions") is mixed.parts[1]
    assert not mixed.has_random_prompts
    assert mixed.exact_output_tokens is None
