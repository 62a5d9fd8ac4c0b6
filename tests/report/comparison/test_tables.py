"""Runs side by side: what differs, what changed, and whether that is more than noise."""

from __future__ import annotations

import pytest

from tasks.record.question_shares import QuestionShare
from tasks.record.results import RecordedPoint
from tasks.report.comparison.change import mcnemar, paired_change, speed_change
from tasks.report.comparison.compared import ComparedRun
from tasks.report.comparison.tables import comparison, missing, worse
from tasks.report.report_input import Table
from tests.record import made_up
from tests.report.made_up import report


def test_a_change_between_repeats_has_welchs_interval() -> None:
    # Worked by hand: means 10 and 12, variances 1 and 4 of three each: t(2.94) = 3.22, error sqrt(5/3).
    found = speed_change([9, 10, 11], [10, 12, 14])
    assert found is not None
    assert found.by == pytest.approx(0.2)
    assert found.half == pytest.approx(0.416, abs=0.001)
    assert found.noise


def test_a_change_of_one_repeat_has_no_interval_and_is_not_called_noise() -> None:
    found = speed_change([10], [12])
    assert found is not None
    assert (found.half, found.noise) == (None, False)


def test_nothing_can_be_told_against_zero() -> None:
    assert speed_change([0.0], [1.0]) is None


def test_questions_are_compared_one_by_one() -> None:
    base = {(number, "7"): float(number < 5) for number in range(10)}
    new = base | {(5, "7"): 1.0, (6, "7"): 1.0, (7, "8"): 1.0}
    found = paired_change(base, new, single=True)
    assert found is not None
    assert (found.by, found.questions) == (0.2, 10)
    assert found.half == pytest.approx(2.262 * 0.4216 / 10**0.5, abs=0.001)
    assert found.p == 0.5  # two gained, none lost: 2 · (1/2)²


def test_other_questions_are_not_compared() -> None:
    assert paired_change({(1, "7"): 1.0}, {(1, "8"): 1.0}, single=True) is None


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (8, 1, 0.0390625)]
)
def test_mcnemars_exact_p(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)


def compared(
    run_id: str, speed: float = 1.0, repeats: int = 3, right: int = 5, tokens: float = 64.0
) -> ComparedRun:
    """A run whose throughput is `speed` times the made-up one's, 1 % apart between repeats."""
    points = tuple(
        _point(run_id, speed * (1 + repeat / 100), repeat, tokens) for repeat in range(1, repeats + 1)
    )
    answers = tuple(
        QuestionShare(
            dataset="aime25", subset="AIME2025-I", question=n, target="7", answers=1, share=float(n < right)
        )
        for n in range(10)
    )
    made = report(run=made_up.run(run_id), points=points, accuracy=(made_up.accuracy(run_id),))
    return ComparedRun(report=made, answers=answers)


def _point(run_id: str, speed: float, repeat: int, tokens: float) -> RecordedPoint:
    point = made_up.point(repeat=repeat)
    throughput = point.known("request_throughput") * speed
    figures = {"request_throughput": throughput, "output_tokens_mean": tokens}
    return made_up.recorded(point.with_figures(figures), run_id)


def table(tables: tuple[Table, ...], title: str) -> Table:
    """The one of that title."""
    return next(each for each in tables if each.title == title)


def test_a_load_is_one_row_whatever_its_repeats() -> None:
    found = table(comparison((compared("a"), compared("b", 1.1))), "Speed side by side")
    assert found.rows[0] == ("throughput", "4", "RPS (req/s)", "2.91", "3.21 (+10.0 ± 2.3 %)")
    assert "±: 95 % interval of the change" in found.footnotes


def test_energy_and_cost_are_compared_where_they_are_known() -> None:
    def dear(run_id: str, factor: float) -> ComparedRun:
        result = made_up.expensive(made_up.point())
        cost = result.known("cost_per_million_output_tokens") * factor
        result = result.with_figures({"cost_per_million_output_tokens": cost})
        point = made_up.recorded(result, run_id)
        return ComparedRun(report=report(run=made_up.run(run_id), points=(point,)))

    rows = table(comparison((dear("a", 1), dear("b", 2))), "Speed side by side").rows
    assert [(row[2], row[-1].split()[1]) for row in rows[-2:]] == [
        ("Energy output (J/tok)", "(+0.0"),
        ("Cost output (per 1M tok)", "(+100.0"),
    ]
    assert not [
        row for row in table(comparison((compared("a"),)), "Speed side by side").rows if "Cost" in row[2]
    ]


def test_noise_is_marked() -> None:
    found = table(comparison((compared("a"), compared("b", 1.005))), "Speed side by side")
    assert found.rows[0][-1] == "2.93 (+0.5 ± 2.2 % ≈)"


def test_scores_are_told_question_by_question() -> None:
    found = table(comparison((compared("a"), compared("b", right=2))), "Accuracy side by side")
    assert found.rows[0] == ("aime25", "AIME2025-I", "mean_acc", "0.400", "0.400 (-0.300 ± 0.346 ≈)")
    assert "aime25 AIME2025-I: B against A over 10 questions, McNemar's p = 0.250" in found.footnotes


def test_what_differs_is_told_and_nothing_else() -> None:
    other = compared("b")
    manifest = other.report.run.manifest.model_copy(update={"server_args": '{"enforce-eager": false}'})
    run = other.report.run.model_copy(update={"manifest": manifest})
    other = other.model_copy(update={"report": other.report.model_copy(update={"run": run})})
    found = table(comparison((compared("a"), other)), "Differences")
    assert found.rows == (("server args: enforce-eager", "True", "False"),)
    assert found.footnotes == ("A: a", "B: b")


def test_equal_runs_have_no_table_of_differences() -> None:
    assert "Differences" not in [each.title for each in comparison((compared("a"), compared("b")))]


def test_answers_of_other_lengths_are_not_the_same_work() -> None:
    found = table(comparison((compared("a"), compared("b", tokens=80))), "Speed side by side")
    assert "throughput 4: B made 80.0 output tokens a request, A 64.0: not the same work" in found.footnotes


def test_only_what_is_worse_by_more_than_noise_fails_a_gate() -> None:
    base = compared("a")
    assert worse((base, compared("b", 0.9)), 5) == ("B: throughput 4: RPS (req/s): -10.0 ± 2.1 %",)
    assert worse((base, compared("b", 0.9)), 15) == ()
    assert worse((base, compared("b", 1.1)), 5) == ()
    assert worse((base, compared("b", 0.985)), 1) == ()  # 1.5 %, within noise
    assert worse((base, compared("b", right=0)), 5) == (
        "B: aime25 AIME2025-I: -0.500 ± 0.377",
        "B: aime25 OVERALL: -0.500 ± 0.377",
    )


def test_a_load_that_is_gone_is_told() -> None:
    gone = compared("b")
    gone = gone.model_copy(update={"report": gone.report.model_copy(update={"points": (), "accuracy": ()})})
    assert missing((compared("a"), gone))[:2] == (
        "B: throughput 4: not measured, or invalid",
        "B: aime25 AIME2025-I: not asked",
    )
    assert missing((gone, compared("a"))) == ()


def test_shared_measurements_are_no_agreement() -> None:
    found = table(comparison((compared("a"), compared("a"))), "Speed side by side")
    assert "B: 3 of its points are the very measurements of A, reused" in found.footnotes
