"""The sentences of the checks in Chinese: none lacks its translation, and every figure stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.finding import not_in_metrics
from tasks.audit.verdict import Check, Verdict
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.report.page.chinese_checks import CHECKS_IN_CHINESE, EVERY_CHECK, sentence_in_chinese
from tasks.report.page.html import render_page
from tests.audit.test_checks import FIRES
from tests.record import made_up
from tests.report.made_up import report

MORE = {
    "failures": (
        "1 of 60 requests failed and 2 warm-up requests failed: HTTP 500",
        "1 warm-up request failed: HTTP 500",
    ),
    "metrics": (
        "the server's counters were read before and after the point",
        "the server's /metrics could not be read after the point: "
        "nothing confirms the load generator's figures",
    ),
    "output_length": (
        "the model decides the output length",
        "1 of 60 answers do not have the drawn number of output tokens (the first has 3, not 8)",
    ),
    "input_length": (
        "1 of 60 prompts do not have the drawn number of input tokens (the first has 3, not 8)",
    ),
    "input_counted": (
        "the server counts only input tokens it computed, and answers do not say how many were cached",
        "the server counted 7 computed input tokens, the load generator 8: "
        "other clients may have used the server",
    ),
    "prefix_cache": (
        "no prompt was looked up in a prefix cache, though prompts share 50.0% of their tokens",
    ),
    "client_delay": ("no request was sent",),
    "lateness": ("no request was sent",),
    "ttft": ("no answer has a first token",),
    "speculation": (
        "the server drafted tokens (75% accepted)",
        "the server drafted tokens (2.50 tokens a draft)",
    ),
    "usage_missing": (
        "1 of 2 answers do not report their tokens (prompt_tokens is missing), "
        "so that figures of tokens are empty",
    ),
    "gpu_clock": ("no GPU was busy for long enough",),
}
"""Sentences that no evidence of `FIRES` brings about."""


def figures(sentence: str) -> list[str]:
    """The numbers in a sentence, in their order."""
    return re.findall(r"\d[\d.]*", sentence)


def check_translation(check: str, sentence: str) -> None:
    """Check that a sentence has a translation with the same figures, and no English but names of fields."""
    chinese = sentence_in_chinese(check, sentence)
    assert chinese is not None, f"{check}: {sentence!r} lacks its line in chinese_checks.json"
    assert figures(chinese) == figures(sentence)
    assert not re.search(r"\b(the|of|were|not|is|requests)\b", chinese), chinese


def test_every_check_has_its_chinese() -> None:
    assert set(CHECKS_IN_CHINESE) - {EVERY_CHECK} == set(CHECKS)


@pytest.mark.parametrize("make_evidence", [make for _, make, _, _ in FIRES])
def test_every_sentence_that_the_audit_says_is_translated(make_evidence: Callable[[], Evidence]) -> None:
    evidence = make_evidence()
    for name, check in CHECKS.items():
        check_translation(name, check(evidence).sentence)


@pytest.mark.parametrize(
    ("check", "sentence"), [(name, text) for name, texts in MORE.items() for text in texts]
)
def test_the_other_sentences_are_translated_too(check: str, sentence: str) -> None:
    check_translation(check, sentence)


@pytest.mark.parametrize("meaning", Meaning)
def test_what_an_engine_does_not_report_is_named_in_chinese(meaning: Meaning) -> None:
    check_translation("ttft", not_in_metrics(meaning).sentence)
    check_translation("ttft", not_in_metrics(meaning, "SGLang").sentence)


def test_figures_take_the_places_of_the_sentence() -> None:
    sentence = "1 of 60 answers do not have 16 output tokens (the first has 15)"
    assert (
        sentence_in_chinese("output_length", sentence) == "1 / 60 个回答的输出不是 16 个 token（首个为 15）"
    )
    assert sentence_in_chinese(None, "first error: HTTP 500") == "首个错误：HTTP 500"


def test_a_sentence_of_another_version_has_no_translation() -> None:
    assert sentence_in_chinese("output_length", "answers were strange") is None
    assert sentence_in_chinese("no check of ours", "answers were strange") is None


def test_the_page_shows_reasons_and_other_checks_in_both_languages() -> None:
    late = "the load generator sent requests 20.0 ms after they were due, on average"
    checks = (
        Check(check="client_delay", verdict="suspect", sentence=late, value=0.02, limit=0.01),
        Check(check="waves", verdict="valid", sentence="an open loop has no <waves>"),
        Check(check="preemptions", verdict="valid", sentence="the server preempted 0 requests", value=0),
    )
    verdict = Verdict(verdict="suspect", reasons=(late,), checks=checks)
    page = render_page(report(points=(made_up.recorded(made_up.point(), verdict=verdict),)))
    spans = '<span class="en">{}</span><span class="zh" lang="zh-CN">{}</span>'
    assert spans.format(late, "负载生成器平均晚于应发时间 20.0 ms 发出请求") in page
    assert spans.format("the server preempted 0 requests", "服务器抢占了 0 个请求") in page
    assert "<td>an open loop has no &lt;waves&gt;</td>" in page
