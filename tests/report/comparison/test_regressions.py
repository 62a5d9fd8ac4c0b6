"""What is worse or missing in a run, compared with the first one."""

from __future__ import annotations

from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.regressions import lost_figures, missing_figures, regressions
from tests.record import made_up
from tests.report.comparison.compared_runs import compared, expensive_run
from tests.report.made_up import SUSPECT, report


def test_only_what_is_worse_by_more_than_noise_is_a_regression() -> None:
    base = compared("a")
    assert regressions((base, compared("b", 0.9)), 5) == ("B: throughput 4: RPS (req/s): -10.0 ± 2.1 %",)
    assert regressions((base, compared("b", 0.9)), 15) == ()
    assert regressions((base, compared("b", 1.1)), 5) == ()
    assert regressions((base, compared("b", 0.985)), 1) == ()  # 1.5 %, within noise
    assert regressions((base, compared("b", right=0)), 5) == (
        "B: aime25 AIME2025-I: -0.500 ± 0.377",
        "B: aime25 OVERALL: -0.500 ± 0.377",
    )


def test_a_lower_score_says_how_many_answers_it_lacks() -> None:
    lines = regressions((compared("a"), compared("b", right=0, failed=4)), 5)
    assert lines[1] == "B: aime25 OVERALL: -0.500 ± 0.377 (4 answers failed and count as wrong)"


def test_a_figure_whose_lower_values_are_better_is_worse_when_it_grows() -> None:
    cheap, dear = expensive_run("a", 1), expensive_run("b", 2)
    assert regressions((cheap, dear), 5) == ("B: throughput 4: Cost output (per 1M tok): +100.0 %",)
    assert regressions((dear, cheap), 5) == ()


def test_a_load_or_score_that_only_the_first_run_has_is_missing() -> None:
    other = compared("b")
    without_figures = other.report.model_copy(update={"points": (), "accuracy": ()})
    empty = ComparedRun(report=without_figures, answers=other.answers)
    assert missing_figures((compared("a"), empty))[:2] == (
        "B: throughput 4: not measured, or invalid",
        "B: aime25 AIME2025-I: not measured",
    )
    assert missing_figures((empty, compared("a"))) == ()


def searched(run_id: str, levels: tuple[int, ...], low: int | None, high: int | None) -> ComparedRun:
    """A run whose search measured these levels; `low`: the highest that held, `high`: the lowest not."""
    knee = made_up.knee().model_copy(update={"knee": low, "low": low, "high": high})
    results = [made_up.point(concurrency=level) for level in levels]
    points = tuple(made_up.recorded(result, run_id) for result in results)
    found = report(run=made_up.run(run_id), points=points, knees=(knee,), accuracy=())
    return ComparedRun(report=found)


def test_a_level_that_a_search_passed_over_is_not_missing() -> None:
    base = searched("a", (8, 16, 32, 24, 20), 20, 24)
    assert missing_figures((base, searched("b", (8, 16, 32, 24, 28), 24, 28))) == ()
    assert missing_figures((base, searched("b", (8, 16, 32, 64), 64, None))) == ()
    # B broke at 12, below what A held: 20 users are lost, and 24 and 32 were for A as well.
    assert missing_figures((base, searched("b", (8, 16, 12), 8, 12))) == (
        "B: throughput 20: not measured, or invalid",
    )
    nothing = searched("b", (), None, 8)
    assert len(missing_figures((base, nothing))) == 3
    assert missing_figures((nothing, base)) == ()
    listed = nothing.model_copy(update={"report": nothing.report.model_copy(update={"knees": ()})})
    assert len(missing_figures((base, listed))) == 5


def test_a_regression_says_which_figure_is_suspect() -> None:
    def suspect(run: ComparedRun) -> ComparedRun:
        points = tuple(point.model_copy(update={"verdict": SUSPECT}) for point in run.report.points)
        return run.model_copy(update={"report": run.report.model_copy(update={"points": points})})

    base, slow = compared("a"), compared("b", 0.9)
    line = "B: throughput 4: RPS (req/s): -10.0 ± 2.1 %"
    assert regressions((base, suspect(slow)), 5) == (f"{line} (this figure is suspect)",)
    assert regressions((suspect(base), slow), 5) == (f"{line} (the first run's figure is suspect)",)
    assert regressions((suspect(base), suspect(slow)), 5) == (f"{line} (both figures are suspect)",)


def without_figures(run: ComparedRun, *names: str) -> ComparedRun:
    """The run, whose points lack some figures."""
    points = tuple(
        point.model_copy(update={"result": point.result.with_figures(dict.fromkeys(names))})
        for point in run.report.points
    )
    return run.model_copy(update={"report": run.report.model_copy(update={"points": points})})


def test_a_figure_that_a_run_no_longer_has_is_lost() -> None:
    # The server of the second run no longer reports its tokens: that is no improvement.
    base, silent = compared("a"), without_figures(compared("b"), "output_token_throughput", "tpot_mean_s")
    assert regressions((base, silent), 5) == ()
    assert lost_figures((base, silent)) == (
        "B: throughput 4: Output (tok/s): not measured",
        "B: throughput 4: TPOT mean (ms): not measured",
    )
    assert lost_figures((silent, base)) == ()
    empty = compared("c").report.model_copy(update={"points": ()})
    assert lost_figures((base, ComparedRun(report=empty))) == ()  # the whole load is missing


def test_what_the_spec_gives_is_not_lost() -> None:
    cheap, other = expensive_run("a", 1), expensive_run("b", 1)
    assert lost_figures((cheap, without_figures(other, "cost_per_million_output_tokens"))) == ()
