"""The footnotes of a comparison that say where two runs did not do the same work at a load of one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tasks.config.load_kinds.load_kind import LoadKind
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.comparison.compare_speed import repeats_by_load
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.goodput_change import judged_otherwise
from tasks.report.load_repeats import Repeats, mean_of

LENGTHS = {"prompt": BY_NAME["input_tokens_mean"], "output": BY_NAME["output_tokens_mean"]}
TOLERANCE = 0.01
"""If mean tokens per request differ by a greater share, two runs did not do the same work."""
SAME_LOAD = {"requests", "duration_s", "trace"}
"""Fields of a load that may differ: how long it lasts, and where its file is, whose name is in the label."""

Describe = Callable[[str, Repeats, Repeats], Iterator[str]]
"""Yields what differs at a load between the first run and the run with this letter."""


def work_notes(runs: Sequence[ComparedRun]) -> list[str]:
    """Return a note for each load whose requests, or the bounds on them, are not those of the first run."""
    base_loads = repeats_by_load(runs[0])
    notes = []
    for describe in (_failures, length_notes, _loads, _objectives):
        for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
            for key, repeats in repeats_by_load(run).items():
                if key in base_loads:
                    found = describe(letter, base_loads[key], repeats)
                    notes += [f"{key.sweep} {key.load}: {what}" for what in found]
    return notes


def _failures(letter: str, base: Repeats, new: Repeats) -> Iterator[str]:
    """Requests that fail are often the slow ones, so those that are left look faster."""
    failed = [sum(result.failed for result in repeats.results) for repeats in (base, new)]
    sent = [sum(result.requests for result in repeats.results) for repeats in (base, new)]
    if any(failed):
        before, after = (f"{some:,} of {all_:,}" for some, all_ in zip(failed, sent, strict=True))
        yield f"{after} requests failed in {letter}, {before} in A: figures are of the others"


def length_notes(letter: str, base: Repeats, new: Repeats) -> Iterator[str]:
    """Yield what is not the same work: prompts or answers of other lengths than in the first run."""
    for noun, figure in LENGTHS.items():
        before, after = mean_of(figure, base), mean_of(figure, new)
        if before and after and abs(after / before - 1) > TOLERANCE:
            tokens = f"{after:.1f} {noun} tokens a request in {letter}, {before:.1f} in A"
            yield f"{tokens}: not the same work"


def _loads(letter: str, base: Repeats, new: Repeats) -> Iterator[str]:
    before, after = _settings(base.first.load), _settings(new.first.load)
    differing = [name for name in before | after if before.get(name) != after.get(name)]
    if differing:
        yield f"other {' and '.join(differing)} in {letter} than in A: not the same load"
    elif _is_burst(base.first) != _is_burst(new.first):
        burst, longer = (letter, "A") if _is_burst(new.first) else ("A", letter)
        yield f"{burst} sent all requests at once, {longer} the next one after each answer: not the same load"


def _objectives(letter: str, base: Repeats, new: Repeats) -> Iterator[str]:
    if judged_otherwise(base, new):
        yield f"goodput of {letter} is that of other objectives than in A: no change is given"


def _is_burst(point: PointResult) -> bool:
    """Whether each slot of a closed loop sent one request at most, so that none followed an answer."""
    return 0 < point.requests <= point.load.slots


def _settings(load: LoadKind) -> dict[str, object]:
    return load.model_dump(exclude=SAME_LOAD)
