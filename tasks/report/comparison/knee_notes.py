"""The footnotes of a comparison that explain its knees, and say where two searches are not alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.report.comparison.compare_knees import KneeComparison, compare_knees
from tasks.report.comparison.compare_speed import repeats_by_load
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.comparison_notes import SUSPECT_MARK
from tasks.report.comparison.knee_change import AT_LEAST, AT_MOST, BELOW, KneeChange, level_words
from tasks.report.comparison.work_notes import length_notes
from tasks.report.tables.knee_table import KNEE_NOTE

WORDS = {
    AT_LEAST: f"{AT_LEAST}: no load up to this highest level reached the limit",
    AT_MOST: f"{AT_MOST}: the first level had all the throughput already",
    BELOW: f"{BELOW}: not even this first level held",
}
VERDICTS = (
    "better, worse: the intervals Between neither overlap nor touch; open: they do. "
    "They are no confidence intervals"
)
BOUNDS = "≤, ≥: a knee is known on one side alone, and so is the change"
SUSPECT = f"{SUSPECT_MARK}: a point beside the knee is suspect, so the knee and its change are doubtful"


def knee_notes(runs: Sequence[ComparedRun], comparisons: Sequence[KneeComparison]) -> list[str]:
    """Return what the signs and words that occur mean, then what is not alike; nothing without knees."""
    known = [knee for comparison in comparisons for knee in comparison.knees if knee is not None]
    texts = [level_words(knee) for knee in known]
    changes = [against.change for each in comparisons for against in each.against_base if against.change]
    notes = [KNEE_NOTE] if known else []
    notes += [note for word, note in WORDS.items() if any(text.startswith(word) for text in texts)]
    notes += _change_notes(changes)
    notes += [SUSPECT] if any(knee.doubts for knee in known) else []
    return [*notes, *_unequal(comparisons), *_other_lengths(runs, comparisons), *_shared(comparisons)]


def unequal_searches(runs: Sequence[ComparedRun]) -> list[str]:
    """Return a note for each setting by which a search asks something else than that of the first run."""
    return list(_unequal(compare_knees(runs)))


def _change_notes(changes: Sequence[KneeChange]) -> Iterator[str]:
    if changes:
        yield VERDICTS
    if any(change.bound for change in changes):
        yield BOUNDS


def _unequal(comparisons: Sequence[KneeComparison]) -> Iterator[str]:
    for comparison in comparisons:
        for letter, against in zip(LETTERS, comparison.against_base, strict=False):
            for name, base, new in against.unequal:
                what = f"{comparison.sweep}: {name}: {new} in {letter}, {base} in A"
                yield f"{what}: the knees answer other questions and are not compared"


def _other_lengths(runs: Sequence[ComparedRun], comparisons: Sequence[KneeComparison]) -> Iterator[str]:
    """Name requests of other lengths once a sweep: by the first level that both searches measured."""
    base_loads = repeats_by_load(runs[0])
    for comparison in comparisons:
        for letter, run in zip(LETTERS[1:], runs[1:], strict=False):
            for key, repeats in repeats_by_load(run).items():
                if key.sweep == comparison.sweep and key in base_loads:
                    found = length_notes(letter, base_loads[key], repeats)
                    yield from (f"{key.sweep}: {what}" for what in found)
                    break


def _shared(comparisons: Sequence[KneeComparison]) -> Iterator[str]:
    for position, letter in enumerate(LETTERS):
        found = [each for each in comparisons if position < len(each.knees)]
        shared = sum(each.against_base[position].shared for each in found)
        if shared:
            yield f"{letter}: {shared} of its searches are the same measurements as in A, reused"
