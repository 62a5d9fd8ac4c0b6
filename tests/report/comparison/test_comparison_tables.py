"""The tables of a comparison: speed and scores of several runs, and how they changed."""

from __future__ import annotations

from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_tables import comparison_tables
from tests.record import made_up
from tests.report.comparison.compared_runs import compared, expensive_run, titled
from tests.report.made_up import SUSPECT, report

SPEED, SCORES = "Speed side by side", "Accuracy side by side"


def test_a_load_is_one_row_whatever_its_repeats() -> None:
    table = titled(comparison_tables((compared("a"), compared("b", 1.1))), SPEED)
    assert table.rows[0] == ("throughput", "4", "RPS (req/s)", "2.91", "3.21 (+10.0 ± 2.3 %)")
    assert (
        "±: 95 % interval of the change; of twenty changes that are none, one lies outside by chance"
        in table.footnotes
    )


def test_energy_and_cost_are_compared_where_they_are_known() -> None:
    rows = titled(comparison_tables((expensive_run("a", 1), expensive_run("b", 2))), SPEED).rows
    assert [(row[2], row[-1].split()[1]) for row in rows[-2:]] == [
        ("Energy output (J/tok)", "(+0.0"),
        ("Cost output (per 1M tok)", "(+100.0"),
    ]
    rows = titled(comparison_tables((compared("a"),)), SPEED).rows
    assert not [row for row in rows if "Cost" in row[2]]


def test_noise_is_marked() -> None:
    table = titled(comparison_tables((compared("a"), compared("b", 1.005))), SPEED)
    assert table.rows[0][-1] == "2.93 (+0.5 ± 2.2 % ≈)"
    assert "≈: the interval includes zero, so the change may be noise" in table.footnotes


def test_a_change_of_one_repeat_has_no_interval() -> None:
    table = titled(comparison_tables((compared("a", repeats=1), compared("b", 1.1, repeats=1))), SPEED)
    assert table.rows[0][-1] == "3.17 (+10.0 %)"
    assert table.footnotes[0].startswith("no ±: measured once")


def test_scores_are_compared_question_by_question() -> None:
    table = titled(comparison_tables((compared("a"), compared("b", right=2))), SCORES)
    assert table.rows[0] == ("aime25", "AIME2025-I", "mean_acc", "0.400", "0.400 (-0.300 ± 0.346 ≈)")
    assert "aime25 AIME2025-I: B against A over 10 questions, McNemar's p = 0.250" in table.footnotes


def test_equal_runs_have_no_table_of_differences() -> None:
    tables = comparison_tables((compared("a"), compared("b")))
    assert [table.title for table in tables] == [SPEED, SCORES]


def test_responses_of_other_lengths_are_not_the_same_work() -> None:
    table = titled(comparison_tables((compared("a"), compared("b", tokens=80))), SPEED)
    note = "throughput 4: 80.0 output tokens a request in B, 64.0 in A: not the same work"
    assert note in table.footnotes


def test_shared_measurements_are_named() -> None:
    table = titled(comparison_tables((compared("a"), compared("a"))), SPEED)
    assert "B: 3 of its points are the same measurements as in A, reused" in table.footnotes


def test_shared_answers_are_named() -> None:
    note = "B: 1 of its question sets are the same answers as in A, reused"
    assert note in titled(comparison_tables((compared("a"), compared("a"))), SCORES).footnotes
    assert note not in titled(comparison_tables((compared("a"), compared("b"))), SCORES).footnotes


def suspect_run(run_id: str) -> ComparedRun:
    """A run like `compared`, whose repeats are suspect, and 10 % slower."""
    run = compared(run_id, 0.9)
    points = tuple(point.model_copy(update={"verdict": SUSPECT}) for point in run.report.points)
    return run.model_copy(update={"report": run.report.model_copy(update={"points": points})})


def test_a_suspect_figure_is_marked_and_the_mark_explained() -> None:
    table = titled(comparison_tables((compared("a"), suspect_run("b"))), SPEED)
    row = table.rows[0]
    assert not row[3].endswith("?")
    assert row[4].endswith("%) ?")
    assert table.footnotes[0] == "?: from a suspect point, so the figure and its change are doubtful"
    valid = titled(comparison_tables((compared("a"), compared("b"))), SPEED)
    assert not any("?" in text for text in (*valid.rows[0], *valid.footnotes))


def test_the_load_column_is_called_by_its_kind() -> None:
    def open_run(run_id: str) -> ComparedRun:
        point = made_up.recorded(made_up.open_point(made_up.point("open"), 5.0), run_id)
        return ComparedRun(report=report(run=made_up.run(run_id), points=(point,), accuracy=()))

    def load_header(*runs: ComparedRun) -> str:
        return titled(comparison_tables(runs), SPEED).columns[1].name

    assert load_header(open_run("a"), open_run("b")) == "Rate"
    assert load_header(compared("a"), compared("b")) == "Conc."
    assert load_header(compared("a"), open_run("b")) == "Load"


def test_another_set_of_the_same_name_is_named() -> None:
    base, same = compared("a"), compared("b")
    assert not [
        note for note in titled(comparison_tables((base, same)), SCORES).footnotes if "another set" in note
    ]
    answers = tuple(
        answer.model_copy(update={"target": "8"}) if answer.question > 3 else answer
        for answer in same.answers
    )
    other = same.model_copy(update={"answers": answers})
    assert (
        "aime25 AIME2025-I: B was asked another set of this name: 4 of A's 10 questions are among its 10"
        in titled(comparison_tables((base, other)), SCORES).footnotes
    )


def test_a_score_that_lacks_answers_is_marked() -> None:
    table = titled(comparison_tables((compared("a"), compared("b", failed=3))), SCORES)
    column = [column.name for column in table.columns].index("B")
    assert all(row[column].endswith(" ?") for row in table.rows)
    assert not any(row[column - 1].endswith(" ?") for row in table.rows)
    assert "?: aime25 OVERALL: 3 answers of B failed and count as wrong" in table.footnotes
