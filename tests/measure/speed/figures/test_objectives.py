"""Goodput and margins against values computed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.config.objective import Objective
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.goodput import goodput
from tasks.measure.speed.figures.objectives import (
    are_met,
    bounded_time,
    failures_allowed,
    margin,
    with_objectives,
)
from tests.measure.speed.figures.test_point_figures import failed, result_of, row

Jobs = Callable[..., PointJob]


def bounds(*texts: str) -> tuple[Objective, ...]:
    return tuple(Objective.model_validate(text) for text in texts)


def test_goodput_counts_the_requests_that_keep_every_bound_themselves(make_job: Jobs) -> None:
    job = make_job(requests=6, objectives=bounds("ttft_p95_s <= 0.6", "tpot_mean_s <= 0.15"))
    rows = [row(0), row(1, ttft_s=0.7), row(2, tpot_s=0.2), row(3, tpot_s=None), row(4), failed(5, "no")]
    result = result_of(job, rows, 2.0)
    assert result["request_throughput"] == pytest.approx(2.5)
    assert result["goodput"] == pytest.approx(1.5)
    assert result.objectives_met is None  # six requests carry no p95


def test_warm_up_is_no_goodput_and_itl_is_a_requests_mean_gap(make_job: Jobs) -> None:
    job = make_job(requests=2, warmup_requests=1, objectives=bounds("itl_p99_s <= 0.2"))
    rows = [row(0, warmup=True), row(1, itl_s=(0.1, 0.29)), row(2, itl_s=(0.1, 0.5))]
    assert result_of(job, rows, 1.0)["goodput"] == pytest.approx(1)


def test_a_bound_on_a_part_counts_the_requests_of_that_part_alone(make_job: Jobs) -> None:
    """By hand: chat has TTFT 0.5 and 0.7 s, long 3 s; all of them have a mean of 1.4 s."""
    of_chat, of_long = bounds("chat: ttft_mean_s <= 0.6", "long: ttft_mean_s <= 4")
    rows = [row(0, part="chat"), row(1, part="chat", ttft_s=0.7), row(2, part="long", ttft_s=3.0)]
    rows += [row(3, part="long", ttft_s=9.0, warmup=True), replace(failed(4, "no"), part="long")]
    result = result_of(make_job(requests=4), rows, 2.0)
    assert [bounded_time(bound, result) for bound in (of_chat, of_long)] == pytest.approx([0.6, 3.0])
    assert margin(of_long, result) == pytest.approx(0.25)
    assert bounded_time(bounds("long: ttft_p95_s <= 4")[0], result) is None  # one request carries no p95
    assert bounded_time(bounds("other: ttft_mean_s <= 4")[0], result) is None
    assert goodput((of_chat, of_long), 2.0, rows) == 1  # the second of chat is too late
    assert goodput((of_chat,), 2.0, rows) == 1
    assert goodput((of_long,), 2.0, rows) == 1.5


def test_a_point_of_an_earlier_version_is_judged_by_part_from_its_rows(make_job: Jobs) -> None:
    rows = [row(0, part="chat"), row(1, part="long", ttft_s=3.0)]
    older = result_of(make_job(requests=2), rows, 2.0).model_copy(update={"part_times": {}})
    (bound,) = bounds("long: ttft_mean_s <= 2")
    assert with_objectives((bound,), older, rows).objectives_met is False
    assert with_objectives((bound,), older, ()).objectives_met is None


def test_without_objectives_there_is_no_goodput(make_job: Jobs) -> None:
    result = result_of(make_job(requests=1), [row(0)], 1.0)
    assert (result["goodput"], result.objectives, result.objectives_met) == (None, (), None)


def test_a_margin_is_the_share_of_the_bound_that_is_left(make_job: Jobs) -> None:
    result = result_of(make_job(requests=5), [*(row(n) for n in range(4)), failed(4, "no")], 1.0)
    found = [margin(bound, result) for bound in bounds("ttft_mean_s <= 1", "latency_mean_s <= 0.8")]
    assert found == pytest.approx([0.5, -0.25])
    assert margin(bounds("ttft_p99_s <= 1")[0], result) is None
    assert [margin(bound, result) for bound in bounds("success >= 0.6", "success >= 1")] == pytest.approx(
        [0.5, -20]
    )


def test_an_objective_that_breaks_decides_whatever_cannot_be_judged(make_job: Jobs) -> None:
    result = result_of(make_job(requests=1), [row(0)], 1.0)
    assert are_met(bounds("ttft_mean_s <= 0.4", "ttft_p99_s <= 9"), result) is False
    assert are_met(bounds("ttft_mean_s <= 0.5", "success >= 1"), result) is True


def test_what_was_measured_is_held_against_other_objectives_from_its_rows(make_job: Jobs) -> None:
    rows = [row(0), row(1, ttft_s=0.7)]
    result = result_of(make_job(requests=2), rows, 2.0)
    found = with_objectives(bounds("ttft_mean_s <= 0.5"), result, rows)
    assert (found["goodput"], found.objectives_met) == (0.5, False)
    assert with_objectives(found.objectives, result, ())["goodput"] is None
    assert with_objectives((), found, rows) == result


def test_a_share_at_its_bound_is_met(make_job: Jobs) -> None:
    """1 - 0.9 is a little less than a tenth."""
    rows = [*(row(n) for n in range(90)), *(failed(n, "no") for n in range(90, 100))]
    result = result_of(make_job(requests=100), rows, 1.0)
    assert are_met(bounds("success >= 0.9"), result) is True
    assert are_met(bounds("success >= 0.91"), result) is False


def test_failures_are_allowed_where_an_objective_says_so() -> None:
    assert failures_allowed(bounds("ttft_mean_s <= 1"), 100) == 0
    assert [failures_allowed(bounds("success >= 0.93"), n) for n in (10, 15, 100)] == [0, 1, 7]
    assert failures_allowed(bounds("success >= 0.9", "success >= 0.99"), 100) == 1
