"""Which mixes a spec may have, and what a wrong one is answered with."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tasks.config.spec import Spec

CHAT = {"name": "chat", "endpoint": "chat", "dataset": "openqa"}
LONG = {"name": "long", "input_tokens": 300, "output_tokens": 20}
LOAD = [{"concurrency": 4, "requests": 40}]
MIX = [{"sweep": "chat", "share": 0.8}, {"sweep": "long", "share": 0.2}]
NESTED = [{"sweep": "chat", "share": 0.8}, {"sweep": "office", "share": 0.2}]
OFFICE = {"name": "office", "mix": MIX, "load": LOAD}
SEARCH = {"until": "saturated", "concurrency": 1}
NEVER_COMPLETE = LONG | {"abandon": {"share": 1, "after_s": 2}, "objectives": ["ttft_p95_s <= 1"]}
SERVER = {"kind": "endpoint", "url": "http://127.0.0.1:9/v1", "model": "stub"}


def spec(*sweeps: dict[str, Any]) -> Spec:
    """A spec with these sweeps."""
    return Spec.model_validate({"name": "s", "server": SERVER, "sweeps": sweeps})


def test_the_sweeps_of_a_mix_need_no_load_of_their_own() -> None:
    chat, long, office = spec(CHAT, LONG, OFFICE).sweeps
    assert (chat.loads, long.load, long.search) == ((), None, None)
    assert office.mix is not None
    assert [(part.sweep, part.share) for part in office.mix] == [("chat", 0.8), ("long", 0.2)]
    assert not office.has_random_prompts
    assert spec(CHAT | {"load": LOAD}, LONG, OFFICE).sweeps[0].loads


def test_a_spec_with_a_mix_reads_as_it_was_written() -> None:
    written = spec(CHAT, LONG, OFFICE)
    assert Spec.model_validate(written.model_dump(mode="json")) == written


@pytest.mark.parametrize(
    ("sweeps", "what"),
    [
        ([CHAT, LONG], "sweep chat has no `load`"),
        ([CHAT, LONG, OFFICE | {"mix": MIX[:1]}], "a mix of one sweep"),
        ([CHAT, LONG, OFFICE | {"mix": [MIX[0], MIX[1] | {"share": 0.3}]}], "sum to 1.1"),
        ([CHAT, LONG, OFFICE | {"mix": [MIX[0], MIX[0] | {"share": 0.2}]}], "names a sweep twice"),
        ([CHAT, OFFICE], "the mix office cannot have the sweep long: there is none"),
        ([CHAT, LONG | {"dataset": "conversations", "endpoint": "chat"}, OFFICE], "wait for their answers"),
        ([CHAT, LONG, OFFICE | {"endpoint": "chat"}], "a mix has no `endpoint` of its own"),
        ([CHAT, LONG, OFFICE | {"request": {"top_k": 1}}], "a mix has no `request` of its own"),
        ([CHAT, LONG, OFFICE | {"load": {"trace": "t.jsonl"}}], "a trace gives every request itself"),
        ([CHAT, {"name": "long", "load": {"trace": "t.jsonl"}}, OFFICE], "it has the times and lengths"),
        ([CHAT, LONG, OFFICE, OFFICE | {"name": "all", "mix": NESTED}], "it is a mix itself"),
        ([CHAT, NEVER_COMPLETE, OFFICE | {"load": SEARCH}], "all of its requests are abandoned"),
    ],
)
def test_a_wrong_mix_is_refused_with_a_remedy(sweeps: list[dict[str, Any]], what: str) -> None:
    with pytest.raises(ValueError, match=re.escape(what)):
        spec(*sweeps)


PREFIXED = LONG | {"prefixes": {"count": 7, "tokens": 64}}


def test_a_search_warms_up_the_prefixes_of_a_part() -> None:
    """By hand: of two blocks of 20 requests, a part with a fifth of them has 8, give or take one.

    So 40 requests are enough for 7 prefixes, and 39 need not be.
    """
    remedy = re.escape("set `warmup_requests` of office to 40 or more")
    with pytest.raises(ValueError, match=f"of 7 prefixes of the sweep long, a level with few.*{remedy}"):
        spec(CHAT, PREFIXED, OFFICE | {"load": SEARCH, "warmup_requests": 39})
    assert spec(CHAT, PREFIXED, OFFICE | {"load": SEARCH, "warmup_requests": 40}).sweeps[2].search
    assert spec(CHAT, PREFIXED, OFFICE).sweeps[2].loads


def test_a_search_may_abandon_all_requests_of_a_part_that_nothing_bounds() -> None:
    unbounded = NEVER_COMPLETE | {"objectives": ["success >= 0.9"]}
    assert spec(CHAT, unbounded, OFFICE | {"load": SEARCH}).sweeps[2].search
    assert spec(CHAT, NEVER_COMPLETE, OFFICE).sweeps[2].loads
