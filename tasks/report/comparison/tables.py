"""Sets recorded runs side by side, and says what got worse. Pure: runs in, tables and texts out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from string import ascii_uppercase as LETTERS

from tasks.measure.speed.figures import BY_NAME
from tasks.report import formats
from tasks.report.comparison.change import Change
from tasks.report.comparison.compared import ComparedRun, ScoreComparison, points_by_place, scores, speeds
from tasks.report.comparison.differences import difference_table
from tasks.report.report_input import Column, Table
from tasks.report.tables.repeats import mean_of

OUTPUT_LENGTH = BY_NAME["output_tokens_mean"]
LENGTHS_ALIKE = 0.01
"""Share by which a request's tokens may differ between two runs; beyond it they did not do the same work."""


def comparison(runs: tuple[ComparedRun, ...]) -> tuple[Table, ...]:
    """What differs between the runs, their speed and their scores, each with the change since the first."""
    tables = (difference_table(tuple(run.report for run in runs)), _speed_table(runs), _score_table(runs))
    return tuple(table for table in tables if table.rows)


def worse(runs: tuple[ComparedRun, ...], percent: float) -> tuple[str, ...]:
    """What is worse than in the first run by more than so many per cent, of scores points; noise is not."""
    slower = (
        f"{letter}: {each.place.sweep} {each.place.load}: {each.figure.title}: {_percent(change)}"
        for each in speeds(runs)
        for letter, change in zip(LETTERS, each.changes, strict=False)
        if change and not change.noise
        if (-change.by if each.figure.better == "higher" else change.by) * 100 > percent
    )
    wronger = (
        f"{letter}: {each.dataset} {each.subset}: {_points(change)}"
        for each in scores(runs)
        for letter, change in zip(LETTERS, each.changes, strict=False)
        if change and not change.noise and -change.by * 100 > percent
    )
    return (*slower, *wronger)


def missing(runs: tuple[ComparedRun, ...]) -> tuple[str, ...]:
    """What the first run measured and another did not, or not so that its figures may be used."""
    found = [points_by_place(run.report) for run in runs]
    loads = (
        f"{letter}: {place.sweep} {place.load}: not measured, or invalid"
        for place in found[0]
        for letter, other in zip(LETTERS, found, strict=False)
        if place not in other
    )
    answers = (
        f"{letter}: {each.dataset} {each.subset}: not asked"
        for each in scores(runs)
        for letter, value in zip(LETTERS, each.values, strict=False)
        if each.values[0] is not None and value is None
    )
    return (*loads, *answers)


def _speed_table(runs: tuple[ComparedRun, ...]) -> Table:
    found = speeds(runs)
    names = (Column(name="Sweep"), Column(name="Conc.", numeric=True), Column(name="Figure"))
    return Table(
        title="Speed side by side",
        columns=(*names, *_columns(runs)),
        rows=tuple(
            (
                *(*each.place, each.figure.title),
                *_cells(each.values, each.changes, each.figure.notation.write, _percent),
            )
            for each in found
        ),
        footnotes=(
            *_notes(change for each in found for change in each.changes),
            *_unlike(runs),
            *_same(runs),
            *missing(runs),
        ),
    )


def _score_table(runs: tuple[ComparedRun, ...]) -> Table:
    found = scores(runs)
    return Table(
        title="Accuracy side by side",
        columns=(*(Column(name=name) for name in ("Dataset", "Subset", "Metric")), *_columns(runs)),
        rows=tuple(
            (
                *(each.dataset, each.subset, each.metric),
                *_cells(each.values, each.changes, formats.score, _points),
            )
            for each in found
        ),
        footnotes=(*_notes(change for each in found for change in each.changes), *_mcnemar(found)),
    )


def _columns(runs: Sequence[ComparedRun]) -> tuple[Column, ...]:
    return tuple(Column(name=letter, numeric=True) for letter in LETTERS[: len(runs)])


def _cells(
    values: tuple[float | None, ...],
    changes: tuple[Change | None, ...],
    shown: Callable[[float], str],
    told: Callable[[Change], str],
) -> tuple[str, ...]:
    return tuple(
        formats.NONE if value is None else f"{shown(value)} ({told(change)})" if change else shown(value)
        for value, change in zip(values, changes, strict=True)
    )


def _percent(change: Change) -> str:
    half = "" if change.half is None else f" ± {100 * change.half:.1f}"
    return f"{100 * change.by:+.1f}{half} %{' ≈' if change.noise else ''}"


def _points(change: Change) -> str:
    half = "" if change.half is None else f" ± {change.half:.3f}"
    return f"{change.by:+.3f}{half}{' ≈' if change.noise else ''}"


def _notes(changes: Iterable[Change | None]) -> Iterator[str]:
    found = [change for change in changes if change]
    if any(change.half is not None for change in found):
        yield "±: 95 % interval of the change"
    if any(change.noise for change in found):
        yield "≈: that interval holds no change at all"
    if any(change.half is None for change in found):
        yield "no ±: seen once, so how much of the change is noise is not known"


def _mcnemar(found: Iterable[ScoreComparison]) -> Iterator[str]:
    for each in found:
        for letter, change in zip(LETTERS, each.changes, strict=False):
            if change and change.p is not None:
                asked = f"{letter} against A over {change.questions} questions"
                yield f"{each.dataset} {each.subset}: {asked}, McNemar's p = {change.p:.3f}"


def _same(runs: tuple[ComparedRun, ...]) -> Iterator[str]:
    """Runs that share a measurement: their agreement there says nothing."""
    for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
        if shared := len(_measured(runs[0]) & _measured(run)):
            yield f"{letter}: {shared} of its points are the very measurements of A, reused"


def _measured(run: ComparedRun) -> set[tuple[object, ...]]:
    points = ((point.run_id, point.result) for point in run.report.points)
    return {(by, each.sweep, each.load.label, each.repeat) for by, each in points}


def _unlike(runs: tuple[ComparedRun, ...]) -> Iterator[str]:
    """Loads whose answers were not as long as in the first run: their figures are not of the same work."""
    base = points_by_place(runs[0].report)
    for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
        for place, points in points_by_place(run.report).items():
            first, other = (mean_of(OUTPUT_LENGTH, of) for of in (base.get(place, []), points))
            if first and other and abs(other / first - 1) > LENGTHS_ALIKE:
                lengths = f"{letter} made {other:.1f} output tokens a request, A {first:.1f}"
                yield f"{place.sweep} {place.load}: {lengths}: not the same work"
