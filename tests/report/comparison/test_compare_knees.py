"""The knees of compared runs: their table, its words and notes, and the lines of a gate."""

from __future__ import annotations

from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.objective import Objective
from tasks.plan.search import HIGHEST, THROUGHPUT, Knee
from tasks.record.results import RecordedPoint
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.knee_lines import knee_lines
from tasks.report.comparison.knee_notes import unequal_searches
from tasks.report.page.chinese import in_chinese
from tasks.report.table import Table
from tests.record import made_up
from tests.report.comparison.compared_runs import compared, titled
from tests.report.made_up import report

TTFT = "ttft_p95_s <= 0.5"


def knee(level: float | None, low: float | None, high: float | None, **fields: object) -> Knee:
    """The answer of a search over concurrencies."""
    defaults = {"sweep": "throughput", "load": "concurrency", "reason": THROUGHPUT, "points": 9}
    return Knee.model_validate({**defaults, "knee": level, "low": low, "high": high, **fields})


def searched(
    run_id: str,
    *knees: Knee,
    objective: str = TTFT,
    load: LoadKind | None = None,
    tokens: float = 64.0,
    measured_by: str = "",
) -> ComparedRun:
    """A run with these knees; each of its searches measured one level."""
    points = []
    for each in knees:
        result = made_up.point(each.sweep).with_figures({"output_tokens_mean": tokens})
        changes = {"objectives": (Objective.model_validate(objective),), "load": load or result.load}
        points.append(made_up.recorded(result.model_copy(update=changes), measured_by or run_id))
    return of(run_id, knees, tuple(points))


def of(run_id: str, knees: tuple[Knee, ...], points: tuple[RecordedPoint, ...]) -> ComparedRun:
    """A run of these knees and points."""
    return ComparedRun(report=report(run=made_up.run(run_id), points=points, knees=knees, accuracy=()))


def saturation(*runs: ComparedRun) -> Table:
    """The table of knees."""
    return titled(comparison_tables(runs), "Saturation")


TWENTY, SIXTEEN = knee(20, 19, 20), knee(16, 15, 16, reason=TTFT)
KNEE = (
    "Knee: the highest load worth sending; "
    "Between: the highest load below the limit, the lowest that reached it"
)
VERDICTS = (
    "better, worse: the intervals Between neither overlap nor touch; open: they do. "
    "They are no confidence intervals"
)


def test_a_search_is_a_row_with_its_change() -> None:
    table = saturation(searched("a", TWENTY), searched("b", SIXTEEN))
    assert [column.name for column in table.columns] == [
        "Sweep", "Run", "Knee", "Against A", "Between", "Limited by",
    ]  # fmt: skip
    assert table.rows == (
        ("throughput", "A", "20", "–", "19 – 20", "throughput"),
        ("throughput", "B", "16", "-20.0 % worse", "15 – 16", TTFT),
    )
    assert table.footnotes == ("Load: concurrency", KNEE, VERDICTS)


def test_the_knees_come_before_the_speed() -> None:
    tables = comparison_tables((searched("a", TWENTY), searched("b", SIXTEEN)))
    assert [table.title for table in tables] == ["Saturation", "Speed side by side"]


def test_every_run_is_compared_with_the_first() -> None:
    table = saturation(searched("a", TWENTY), searched("b", SIXTEEN), searched("c", knee(24, 23, 24)))
    assert [row[1:5] for row in table.rows] == [
        ("A", "20", "–", "19 – 20"),
        ("B", "16", "-20.0 % worse", "15 – 16"),
        ("C", "24", "+20.0 % better", "23 – 24"),
    ]


def test_a_sweep_that_one_run_searched_has_no_row() -> None:
    assert "Saturation" not in [
        table.title for table in comparison_tables((searched("a", TWENTY), compared("b")))
    ]
    assert "Saturation" not in [table.title for table in comparison_tables((compared("a"), compared("b")))]
    third = saturation(compared("a"), searched("b", TWENTY), searched("c", SIXTEEN))
    assert [row[1:5] for row in third.rows] == [("B", "20", "–", "19 – 20"), ("C", "16", "–", "15 – 16")]
    assert third.footnotes == ("Load: concurrency", KNEE)


def test_what_a_search_bounds_on_one_side_alone_is_explained() -> None:
    highest = knee(64, 64, None, reason=HIGHEST)
    table = saturation(
        searched("a", highest), searched("b", knee(None, None, 1)), searched("c", knee(4, None, 4))
    )
    assert [row[2:5] for row in table.rows] == [
        ("at least 64", "–", "–"),
        ("below 1", "≤ -98.4 % worse", "–"),
        ("at most 4", "≤ -93.8 % worse", "–"),
    ]
    assert table.footnotes == (
        "Load: concurrency",
        KNEE,
        "at least: no load up to this highest level reached the limit",
        "at most: the first level had all the throughput already",
        "below: not even this first level held",
        VERDICTS,
        "≤, ≥: a knee is known on one side alone, and so is the change",
    )


def test_a_doubtful_knee_is_marked() -> None:
    table = saturation(searched("a", TWENTY), searched("b", knee(24, 23, 24, doubts=("late, made up",))))
    assert [row[2] for row in table.rows] == ["20", "24 ?"]
    note = "?: a point beside the knee is suspect, so the knee and its change are doubtful"
    assert note in table.footnotes


def test_searches_for_another_load_are_not_compared() -> None:
    rate = searched("b", knee(20, 19, 20, load="rate"), load=OpenLoop(rate=4, requests=20))
    table = saturation(searched("a", TWENTY), rate)
    assert [(row[5], *row[2:5]) for row in table.rows] == [
        ("concurrency", "20", "–", "19 – 20"),
        ("rate", "20", "not compared", "19 – 20"),
    ]
    note = (
        "throughput: load: rate in B, concurrency in A: the knees answer other questions and are not compared"
    )
    assert note in table.footnotes
    assert VERDICTS not in table.footnotes
    assert unequal_searches((searched("a", TWENTY), rate)) == [note]


def test_searches_with_other_objectives_are_not_compared() -> None:
    other = searched("b", SIXTEEN, objective="ttft_p95_s <= 1")
    table = saturation(searched("a", TWENTY), other)
    assert table.rows[1][3] == "not compared"
    note = f"throughput: objectives: ttft_p95_s <= 1 in B, {TTFT} in A: the knees answer other questions"
    assert f"{note} and are not compared" in table.footnotes


def test_searches_with_other_arrivals_are_not_compared() -> None:
    rate = knee(20, 19, 20, load="rate")
    poisson = searched("a", rate, load=OpenLoop(rate=4, requests=20))
    even = searched("b", rate, load=OpenLoop(rate=2, requests=10, arrival="constant"))
    bursts = searched("c", rate, load=OpenLoop(rate=4, requests=20, burstiness=0.5))
    end = "in A: the knees answer other questions and are not compared"
    assert unequal_searches((poisson, even, bursts)) == [
        f"throughput: arrival: constant in B, poisson {end}",
        f"throughput: burstiness: 0.5 in C, none {end}",
    ]
    longer = searched("b", rate, load=OpenLoop(rate=8, requests=400))
    assert unequal_searches((poisson, longer)) == []


def test_other_lengths_are_named_once_a_sweep() -> None:
    table = saturation(searched("a", TWENTY), searched("b", SIXTEEN, tokens=80.0))
    assert (
        table.footnotes[-1] == "throughput: 80.0 output tokens a request in B, 64.0 in A: not the same work"
    )


def test_a_reused_search_is_named() -> None:
    base, again = searched("a", TWENTY), searched("b", TWENTY, measured_by="a")
    note = "B: 1 of its searches are the same measurements as in A, reused"
    assert note in saturation(base, again).footnotes
    assert note not in saturation(base, searched("b", TWENTY)).footnotes


def test_a_run_without_a_recorded_point_is_compared_by_its_load() -> None:
    empty = of("b", (SIXTEEN,), ())
    assert saturation(searched("a", TWENTY), empty).rows[1][3] == "-20.0 % worse"


def test_lines_say_both_knees() -> None:
    base = searched("a", TWENTY, knee(8, 8, 9, sweep="chat", reason=TTFT))
    new = searched("b", SIXTEEN, knee(None, None, 1, sweep="chat", doubts=("late, made up",)))
    lines = [
        "throughput: knee (concurrency): 16 (15 – 16), was 20 (19 – 20): -20.0 % worse",
        "chat: knee (concurrency): below 1, was 8 (8 – 9): ≤ -87.5 % worse (suspect)",
    ]
    assert list(knee_lines(base, new)) == list(knee_lines(base, new, "worse")) == lines
    assert list(knee_lines(base, new, "better")) == []
    assert list(knee_lines(base, searched("b", SIXTEEN, objective="ttft_p95_s <= 1"))) == []


def test_words_and_notes_are_translated() -> None:
    rate = knee(8, 8, 9, load="rate", sweep="mixed")
    base = searched("a", knee(64, 64, None, reason=HIGHEST), knee(8, 8, 9, sweep="mixed"), TWENTY)
    new = searched("b", knee(None, None, 1, doubts=("x",)), rate, objective="ttft_p95_s <= 1", tokens=80.0)
    for other in (new, searched("c", knee(4, None, 4), rate), searched("d", TWENTY, measured_by="a")):
        table = saturation(base, other)
        words = [cell for row in table.rows for cell in row[2:4] if any(map(str.isalpha, cell))]
        texts = [*words, *table.footnotes, *(column.name for column in table.columns)]
        assert words
        assert [text for text in texts if in_chinese(text) is None] == []
