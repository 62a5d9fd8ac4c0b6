"""The check of speculative decoding beyond what test_checks.py and test_other_engines.py show."""

from __future__ import annotations

from tasks.audit.checks import CHECKS
from tests.audit import made_up
from tests.audit.made_up import evidence
from tests.audit.test_checks import drafting


def test_drafts_for_text_are_as_they_should_be() -> None:
    check = CHECKS["speculation"](made_up.with_sweep(drafting(), dataset="openqa", endpoint="chat"))
    assert (check.verdict, check.value) == ("valid", 0.75)
    assert check.sentence == "the server drafted tokens (75% accepted, 2.50 tokens a draft)"


def test_an_engine_that_does_not_draft() -> None:
    check = CHECKS["speculation"](evidence())
    assert (check.verdict, check.sentence) == ("valid", "the server's metrics show no drafted tokens")


def test_without_metrics_nobody_knows() -> None:
    assert CHECKS["speculation"](made_up.without_metrics()).verdict == "unchecked"
