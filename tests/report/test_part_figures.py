"""The figures of a mix by part, by hand."""

from __future__ import annotations

import pytest

from tasks.report.part_figures import PartRequest, part_figures


def request(part: str, ttft_s: float, tokens: int | None = 10) -> PartRequest:
    return PartRequest(part, True, False, tokens, ttft_s, 0.01, ttft_s + 0.09)


def test_each_part_has_its_own_figures_the_largest_first() -> None:
    requests = [
        request("long", 0.5, 100),
        *(request("chat", 0.1 + 0.001 * number) for number in range(20)),
        PartRequest("chat", False, False, None, None, None, None),
        PartRequest("chat", False, True, 3, 0.1, None, None),
    ]
    chat, long = part_figures("office", "c4", requests, 4.0)
    assert (chat.part, chat.requests, chat.failed, chat.share) == ("chat", 22, 1, 22 / 23)
    assert (long.part, long.requests, long.failed, long.share) == ("long", 1, 0, 1 / 23)
    assert (chat.output_token_throughput, long.output_token_throughput) == (50, 25)
    assert chat.ttft_mean_s == pytest.approx(0.1095)
    assert chat.ttft_p95_s == pytest.approx(0.1 + 0.001 * 0.95 * 19)
    assert chat.tpot_mean_s == pytest.approx(0.01)
    assert chat.latency_mean_s == pytest.approx(0.1995)
    assert (long.ttft_mean_s, long.ttft_p95_s) == (0.5, None)


def test_an_answer_without_a_count_of_its_tokens_leaves_the_throughput_unknown() -> None:
    (part,) = part_figures("office", "c4", [request("chat", 0.1), request("chat", 0.1, None)], 4.0)
    assert part.output_token_throughput is None
    assert part.ttft_mean_s == pytest.approx(0.1)


def test_a_part_of_which_every_request_failed_has_no_times() -> None:
    failed = PartRequest("chat", False, False, None, None, None, None)
    (part,) = part_figures("office", "c4", [failed, failed], 4.0)
    assert (part.failed, part.ttft_mean_s, part.tpot_mean_s, part.latency_mean_s) == (2, None, None, None)
    assert part.output_token_throughput == 0
