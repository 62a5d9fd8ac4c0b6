"""Made-up runs to compare."""

from __future__ import annotations

from tasks.record.results import QuestionShare, RecordedAccuracy, RecordedPoint
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.table import Table
from tests.record import made_up
from tests.report.made_up import report


def compared(
    run_id: str,
    speed: float = 1.0,
    repeats: int = 3,
    right: int = 5,
    tokens: float = 64.0,
    failed: int = 0,
) -> ComparedRun:
    """A run of one load and ten questions.

    Args:
        run_id: its id.
        speed: its throughput as a share of the made-up point's; repeats are 1 % apart.
        repeats: measurements of the load.
        right: questions that it answers right.
        tokens: mean output tokens of a request.
        failed: answers of each score that failed.
    """
    points = tuple(
        _point(run_id, speed * (1 + repeat / 100), repeat, tokens) for repeat in range(1, repeats + 1)
    )
    answers = tuple(_answer(question, right=question < right) for question in range(10))
    scores = tuple(score.model_copy(update={"failed": failed}) for score in made_up.accuracy().scores)
    accuracy = RecordedAccuracy(scores=scores, run_id=run_id)
    measured = report(run=made_up.run(run_id), points=points, accuracy=(accuracy,), knees=())
    return ComparedRun(report=measured, answers=answers)


def expensive_run(run_id: str, factor: float) -> ComparedRun:
    """A run of one point whose energy is known, and whose cost is `factor` times the usual."""
    result = made_up.expensive(made_up.point())
    cost = result.known("cost_per_million_output_tokens") * factor
    result = result.with_figures({"cost_per_million_output_tokens": cost})
    point = made_up.recorded(result, run_id)
    return ComparedRun(report=report(run=made_up.run(run_id), points=(point,)))


def with_knee(run: ComparedRun, **fields: object) -> ComparedRun:
    """The run with the made-up knee of its sweep, some fields of it replaced."""
    knee = made_up.knee().model_copy(update=fields)
    return run.model_copy(update={"report": run.report.model_copy(update={"knees": (knee,)})})


def titled(tables: tuple[Table, ...], title: str) -> Table:
    """The table of that title."""
    return next(table for table in tables if table.title == title)


def _point(run_id: str, speed: float, repeat: int, tokens: float) -> RecordedPoint:
    point = made_up.point(repeat=repeat)
    throughput = point.known("request_throughput") * speed
    figures = {"request_throughput": throughput, "output_tokens_mean": tokens}
    return made_up.recorded(point.with_figures(figures), run_id)


def _answer(question: int, right: bool) -> QuestionShare:
    return QuestionShare(
        dataset="aime25", subset="AIME2025-I", question=question, target="7", answers=1, share=float(right)
    )
