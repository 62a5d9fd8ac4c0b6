"""Checks against the server's histograms beyond those in test_checks.py."""

from __future__ import annotations

from tasks.audit.checks import CHECKS
from tests.audit import made_up
from tests.audit.made_up import REQUESTS, every, evidence


def test_an_engine_may_observe_several_tokens_of_a_step_once() -> None:
    steps = -REQUESTS * (made_up.OUTPUT - 1) * 2 / 3
    speculative = evidence(inter_token_latency_seconds_count=steps)
    assert CHECKS["tpot"](speculative).verdict == "valid"


def test_tokens_without_text_may_come_first_on_chat() -> None:
    """Three tokens that name a channel come before the first text, in no event."""
    late = evidence(every(ttft_s=made_up.TTFT + 3 * made_up.TPOT))
    assert CHECKS["ttft"](late).verdict == "suspect"
    assert CHECKS["ttft"](made_up.with_sweep(late, endpoint="chat")).verdict == "valid"
