"""Reads the runs of a comparison, and judges the others by the first one."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.results_location import ResultsLocation
from tasks.errors import InputError, RegressionError
from tasks.record.named_run import find_run
from tasks.record.question_shares import question_shares
from tasks.record.store import Store
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.regressions import lost_figures, missing_figures, regressions
from tasks.report.read_report import read_report

MOST_RUNS = len(LETTERS)


def load_runs(runs: Sequence[str], results: ResultsLocation) -> tuple[ComparedRun, ...]:
    """Read each run's recorded results and its share of correct answers by question.

    Args:
        runs: as `find_run` takes them.
        results: the results location.

    Raises:
        InputError: a run is not recorded; the message names similar ids.
    """
    store = Store(results)
    reports = [read_report(store, find_run(store, run), single_requests=False) for run in runs]
    return tuple(
        ComparedRun(report=report, answers=question_shares(store, report.accuracy)) for report in reports
    )


def with_variants(compared: Sequence[ComparedRun], variants: Sequence[str]) -> tuple[ComparedRun, ...]:
    """Name the variant that each run is; no variants change nothing.

    Raises:
        InputError: there are not as many variants as runs.
    """
    if not variants:
        return tuple(compared)
    if len(variants) != len(compared):
        what = f"{len(variants)} variants are named, but {len(compared)} runs are compared"
        raise InputError(what, "name one variant for each run, in the order of the runs, or none")
    return tuple(
        run.model_copy(update={"variant": variant}) for run, variant in zip(compared, variants, strict=True)
    )


def check_run_count(runs: Sequence[str]) -> None:
    """Raise InputError for fewer than 2 runs or more than MOST_RUNS."""
    if not 2 <= len(runs) <= MOST_RUNS:
        what = f"a comparison takes 2 to {MOST_RUNS} runs, not {len(runs)}"
        raise InputError(what, "give the ids of the runs to compare, or `previous last`")


def check_regressions(compared: tuple[ComparedRun, ...], worse_than: float | None) -> None:
    """Check every run against the first one; does nothing if `worse_than` is None.

    Raises:
        RegressionError: a figure is missing, or worse by more than `worse_than` per cent; the error's
            detail has a line for each figure.
    """
    if worse_than is None:
        return
    lines = (*regressions(compared, worse_than), *missing_figures(compared), *lost_figures(compared))
    if lines:
        count = "1 figure is" if len(lines) == 1 else f"{len(lines)} figures are"
        what = f"{count} worse than in A by more than {worse_than:g} %, or missing"
        remedy = "read the comparison for what differs between the runs"
        raise RegressionError(what, remedy, "\n".join(lines))
