"""Texts that several tables share."""

from __future__ import annotations

from tasks.audit.verdict import Check, Verdict
from tasks.report import formats
from tests.record import made_up


def test_success_is_never_rounded_up_to_all() -> None:
    assert formats.success_percent(made_up.point(requests=100_000, failed=1)) == "99.9"


def test_the_first_error_is_a_note_unless_a_remark_quotes_it() -> None:
    point = made_up.recorded(made_up.point(failed=1))
    assert formats.remarks(point) == [("note", "first error: HTTP 500 made up")]
    quoting = Verdict(verdict="invalid", reasons=("1 of 20 requests failed: HTTP 500 made up",), notes=("n",))
    assert formats.remarks(made_up.recorded(point.result, verdict=quoting)) == [
        ("invalid", "1 of 20 requests failed: HTTP 500 made up"),
        ("note", "n"),
    ]


def test_a_reason_has_the_verdict_of_its_own_check() -> None:
    checks = (
        Check(check="usage", verdict="invalid", sentence="the server counted other tokens"),
        Check(check="other_load", verdict="suspect", sentence="other processes used 49% of the CPUs"),
    )
    verdict = Verdict(verdict="invalid", reasons=tuple(check.sentence for check in checks), checks=checks)
    kinds = [remark.kind for remark in formats.remarks(made_up.recorded(made_up.point(), verdict=verdict))]
    assert kinds == ["invalid", "suspect"]


def test_a_score_is_called_by_its_set_and_its_subset() -> None:
    assert formats.score_name("aime25", "AIME2025-I") == "aime25 AIME2025-I"
    assert formats.score_name("aime-format-sample", "default") == "aime-format-sample"
