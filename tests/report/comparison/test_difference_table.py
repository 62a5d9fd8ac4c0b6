"""The table of what differs between runs."""

from __future__ import annotations

from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.difference_table import difference_table
from tests.report.comparison.compared_runs import compared


def with_server_args(run: ComparedRun, server_args: str) -> ComparedRun:
    """The same run, measured with other arguments of the server."""
    record = run.report.run
    manifest = record.manifest.model_copy(update={"server_args": server_args})
    record = record.model_copy(update={"manifest": manifest})
    return run.model_copy(update={"report": run.report.model_copy(update={"run": record})})


def test_only_what_differs_is_shown() -> None:
    table = difference_table((compared("a"), with_server_args(compared("b"), '{"enforce-eager": false}')))
    assert table.rows == (("server args: enforce-eager", "True", "False"),)
    assert table.footnotes == ("A: a", "B: b")


def test_a_setting_that_a_run_does_not_have_is_a_dash() -> None:
    table = difference_table((compared("a"), with_server_args(compared("b"), "{}")))
    assert table.rows == (("server args: enforce-eager", "True", "–"),)
