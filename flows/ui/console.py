"""What a user sees during a run: stage lines and progress bars, and the same lines in Prefect's log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from flows.ui.prefect_ui import run_logger
from flows.ui.progress import current_progress
from tasks.report.page.terminal import print_report
from tasks.report.report_input import ReportInput
from tasks.text import printable

terminal = Console(stderr=True, highlight=False)
"""Progress goes to stderr: stdout carries only results."""

MEASURING_STAGES = ("sweep", "accuracy")
"""The stages whose bars are the run's progress in Prefect's UI."""

LOG_LEVELS = {"red": logging.ERROR, "yellow": logging.WARNING}
"""The log level of a line, by its colour on the terminal; any other line is an INFO."""

UpdateBar = Callable[[int, int], None]
"""Called with the number of finished requests and the total."""

_shown: ContextVar[bool] = ContextVar("shown_on_terminal", default=False)


@contextmanager
def show_on_terminal() -> Iterator[None]:
    """Print stage lines, bars and the report inside the block; elsewhere lines go to Prefect's log alone."""
    token = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(token)


def stage(name: str, text: str, style: str = "") -> None:
    """Print and log one line of a stage. Markup in the text is not interpreted: it may come from a server."""
    text = printable(text)
    if _shown.get():
        terminal.print(Text.assemble((f"{name:<10} ", "bold cyan"), (text, style)), soft_wrap=True)
    logger = run_logger()
    if logger:
        logger.log(LOG_LEVELS.get(style, logging.INFO), "%s: %s", name, text)


def line_logger(name: str) -> Callable[[str, str], None]:
    """Return a function that logs another process's lines to Prefect's log. Any thread may call it."""
    logger = run_logger()
    if logger is None:
        return lambda level, line: None
    return lambda level, line: logger.log(
        logging.getLevelName(level.upper()), "%s: %s", name, printable(line)
    )


def report(report_input: ReportInput, page: Path) -> None:
    """Print the run's tables on stdout."""
    if _shown.get():
        print_report(report_input, Console(), str(page))


@contextmanager
def bar(name: str, text: str) -> Iterator[UpdateBar]:
    """Show how far a long stage is, and print one line at its end.

    The bar is drawn on a terminal; without one, the artifact `progress` shows the measuring stages.
    """
    started = time.monotonic()
    progress = current_progress() if name in MEASURING_STAGES else None
    if _shown.get() and terminal.is_terminal:
        with _terminal_bar(name, text) as update:
            yield update
    elif progress:
        yield partial(progress.update, text)
    else:
        yield lambda done, total: None
    if progress:
        progress.finish_entry(text)
    stage(name, f"{text} · {time.monotonic() - started:.1f} s")


@contextmanager
def _terminal_bar(name: str, text: str) -> Iterator[UpdateBar]:
    columns = (
        TextColumn("[bold cyan]{task.fields[stage]:<10}[/] {task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=terminal, transient=True) as progress:
        task = progress.add_task(escape(printable(text)), stage=name, total=None)

        def update(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield update
