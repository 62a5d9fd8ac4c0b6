"""The registry of the report's tables. To add a table, add a file to this folder and an entry here."""

from __future__ import annotations

from collections.abc import Callable

from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput
from tasks.report.table import Table
from tasks.report.tables.answers_table import answers_table, disputed_table
from tasks.report.tables.best_table import best_table
from tasks.report.tables.energy_cost_table import energy_cost_table
from tasks.report.tables.knee_table import knee_table
from tasks.report.tables.lengths_table import lengths_table
from tasks.report.tables.objectives_table import objectives_table
from tasks.report.tables.parts_table import parts_table
from tasks.report.tables.repeats_table import repeats_table
from tasks.report.tables.right_answers_table import right_answers_table
from tasks.report.tables.score_table import score_table
from tasks.report.tables.speculation_table import speculation_table
from tasks.report.tables.steady_table import steady_table
from tasks.report.tables.sweep_table import sweep_table
from tasks.report.tables.turns_table import history_table, turns_table
from tasks.report.tables.under_load_table import under_load_table
from tasks.report.tables.user_table import user_table

SWEEP_TABLES: tuple[Callable[[MeasuredSweep], Table | None], ...] = (
    sweep_table,
    repeats_table,
    steady_table,
    objectives_table,
    lengths_table,
    parts_table,
    turns_table,
    history_table,
    user_table,
    energy_cost_table,
    speculation_table,
)
"""Tables of one sweep, in the order of the report."""
RUN_TABLES: tuple[Callable[[ReportInput], Table | None], ...] = (
    knee_table,
    best_table,
    score_table,
    under_load_table,
    answers_table,
    right_answers_table,
    disputed_table,
)
"""Tables of the whole run. A report shows them after the tables of its sweeps."""


def all_tables(report: ReportInput) -> tuple[Table, ...]:
    """Return every table of a report."""
    return (*tables_of_sweeps(report), *tables_of_run(report))


def tables_of_sweeps(report: ReportInput) -> tuple[Table, ...]:
    """Return the tables of every sweep, sweep by sweep."""
    tables: list[Table] = []
    for sweep in measured_sweeps(report):
        tables += tables_of_sweep(sweep)
    return tuple(tables)


def tables_of_sweep(sweep: MeasuredSweep) -> tuple[Table, ...]:
    """Return the non-empty tables of one sweep; the first is its main table."""
    tables = (build(sweep) for build in SWEEP_TABLES)
    return tuple(table for table in tables if table is not None)


def tables_of_run(report: ReportInput) -> tuple[Table, ...]:
    """Return the non-empty tables of the whole run."""
    tables = (build(report) for build in RUN_TABLES)
    return tuple(table for table in tables if table is not None)
