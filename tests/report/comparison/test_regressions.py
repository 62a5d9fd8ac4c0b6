"""What is worse or missing in a run, compared with the first one."""

from __future__ import annotations

from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.regressions import missing_figures, regressions
from tests.report.comparison.compared_runs import compared, expensive_run
from tests.report.made_up import SUSPECT


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


def test_a_regression_says_which_figure_is_suspect() -> None:
    def suspect(run: ComparedRun) -> ComparedRun:
        points = tuple(point.model_copy(update={"verdict": SUSPECT}) for point in run.report.points)
        return run.model_copy(update={"report": run.report.model_copy(update={"points": points})})

    base, slow = compared("a"), compared("b", 0.9)
    line = "B: throughput 4: RPS (req/s): -10.0 ± 2.1 %"
    assert regressions((base, suspect(slow)), 5) == (f"{line} (this figure is suspect)",)
    assert regressions((suspect(base), slow), 5) == (f"{line} (the first run's figure is suspect)",)
    assert regressions((suspect(base), suspect(slow)), 5) == (f"{line} (both figures are suspect)",)
