"""What a comparison says about loads of one name at which two runs did not do the same work."""

from __future__ import annotations

from tasks.config.load import read_load
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.work_notes import work_notes
from tests.record import made_up
from tests.report.made_up import report


def one_point(run_id: str, point: PointResult) -> ComparedRun:
    """A run of one point."""
    measured = report(run=made_up.run(run_id), points=(made_up.recorded(point, run_id),), accuracy=())
    return ComparedRun(report=measured)


def with_load(run_id: str, **settings: object) -> ComparedRun:
    """A run of one point with this load."""
    load = read_load({"requests": 20, **settings})
    return one_point(run_id, made_up.point().model_copy(update={"load": load}))


def test_prompts_and_answers_of_other_lengths_are_not_the_same_work() -> None:
    base = made_up.point().with_figures({"input_tokens_mean": 100.0, "output_tokens_mean": 64.0})
    longer = base.with_figures({"input_tokens_mean": 1000.0, "output_tokens_mean": 80.0})
    assert work_notes((one_point("a", base), one_point("b", longer))) == [
        "throughput 4: 1000.0 prompt tokens a request in B, 100.0 in A: not the same work",
        "throughput 4: 80.0 output tokens a request in B, 64.0 in A: not the same work",
    ]
    nearly = base.with_figures({"input_tokens_mean": 100.9})
    assert work_notes((one_point("a", base), one_point("b", nearly))) == []


def test_loads_of_one_name_may_be_sent_otherwise() -> None:
    poisson, even = with_load("a", rate=5), with_load("b", rate=5, arrival="constant")
    assert work_notes((poisson, even)) == ["throughput 5/s: other arrival in B than in A: not the same load"]
    up = [{"rate": 1, "for_s": 60}, {"rate": 5, "for_s": 60}]
    rising, falling = with_load("a", rate={"steps": up}), with_load("b", rate={"steps": up[::-1]})
    (note,) = work_notes((rising, falling))
    assert note.endswith("other rate in B than in A: not the same load")


def test_a_load_whose_slow_requests_failed_is_not_simply_faster() -> None:
    whole = one_point("a", made_up.point(requests=2000))
    half = one_point("b", made_up.point(requests=2000, failed=1000))
    end = "figures are of the others"
    assert work_notes((whole, half)) == [
        f"throughput 4: 1,000 of 2,000 requests failed in B, 0 of 2,000 in A: {end}"
    ]
    assert work_notes((half, whole)) == [
        f"throughput 4: 0 of 2,000 requests failed in B, 1,000 of 2,000 in A: {end}"
    ]
    assert work_notes((whole, whole)) == []


def test_all_requests_at_once_are_not_a_closed_loop_of_as_many() -> None:
    burst = one_point("a", made_up.point(concurrency=20, requests=20))
    loop = one_point("b", made_up.point(concurrency=20, requests=200))
    longer = one_point("c", made_up.point(concurrency=20, requests=400))
    end = "sent all requests at once, {} the next one after each answer: not the same load"
    assert work_notes((burst, loop)) == [f"throughput 20: A {end.format('B')}"]
    assert work_notes((loop, burst)) == [f"throughput 20: B {end.format('A')}"]
    assert work_notes((burst, burst)) == work_notes((loop, longer)) == []


def test_a_longer_measurement_and_another_folder_are_the_same_load() -> None:
    assert work_notes((with_load("a", concurrency=4), with_load("b", concurrency=4, requests=40))) == []
    moved = (with_load("a", trace="one/t.jsonl"), with_load("b", trace="other/t.jsonl"))
    assert work_notes(moved) == []
