"""What a search refuses, because its levels would differ in more than their load."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tasks.config.sweep import Sweep


def sweep(**fields: Any) -> Sweep:
    """A sweep that searches for saturation."""
    return Sweep.model_validate({"name": "s", "load": {"until": "saturated", "concurrency": 1}, **fields})


def test_prefixes_that_only_high_levels_find_in_the_cache_need_a_warm_up() -> None:
    with pytest.raises(ValidationError, match="set `warmup_requests` of s to 20 or more"):
        sweep(prefixes={"count": 20, "tokens": 512})
    with pytest.raises(ValidationError, match="of 20 prefixes, a level with few requests finds fewer"):
        sweep(prefixes={"count": 20, "tokens": 512}, warmup_requests=19)
    assert sweep(prefixes={"count": 20, "tokens": 512}, warmup_requests=20).search
    assert sweep(prefixes={"count": 20, "tokens": 512}, load=[{"concurrency": 1, "requests": 5}]).loads


@pytest.mark.parametrize(
    ("count", "accepted"),
    # 5 requests at the lowest level and 1280 at the highest. By hand, of 1280 requests with one of 1,000,000
    # prefixes 0.06 % find theirs, and of 5 requests with one of 1 prefix 80 %, of 1280 99.9 %.
    [(1_000_000, True), (1, False)],
)
def test_so_many_prefixes_that_no_level_finds_one_need_none(count: int, accepted: bool) -> None:
    prefixes = {"count": count, "tokens": 512}
    if accepted:
        assert sweep(prefixes=prefixes).prefixes
        return
    with pytest.raises(ValidationError, match="set `warmup_requests` of s to 1 or more"):
        sweep(prefixes=prefixes)


def test_a_search_needs_complete_answers() -> None:
    with pytest.raises(ValidationError, match="give `abandon` a share below 1"):
        sweep(abandon={"share": 1, "after_s": 1})
    assert sweep(abandon={"share": 0.9, "after_s": 1}).abandon
    assert sweep(abandon={"share": 1, "after_s": 1}, load=[{"concurrency": 1, "requests": 5}]).abandon
