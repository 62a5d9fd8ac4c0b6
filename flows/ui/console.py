"""What a person sees while a run goes on: stage lines, a bar, and the same lines in Prefect's log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from flows.ui.progress import current
from tasks.report.page.terminal import print_report
from tasks.report.report_input import ReportInput

console = Console(stderr=True, highlight=False)
"""Progress goes to stderr, so that stdout carries results alone."""

MEASURING = ("sweep", "accuracy")
"""The stages whose bars are the run's progress in Prefect's UI."""

LEVELS = {"red": logging.ERROR, "yellow": logging.WARNING}

_quiet = True


def show_on_terminal() -> None:
    """Print stage lines (the command does; a worker's flow leaves them to Prefect's log)."""
    global _quiet
    _quiet = False


def stage(name: str, text: str, style: str = "") -> None:
    """One line of the run's story; the text is shown as it is, whatever a server has put into it."""
    if not _quiet:
        console.print(Text.assemble((f"{name:<10} ", "bold cyan"), (text, style)), soft_wrap=True)
    try:
        get_run_logger().log(LEVELS.get(style, logging.INFO), "%s: %s", name, text)
    except MissingContextError:
        return


def lines_of(name: str) -> Callable[[str, str], None]:
    """Takes lines of another process for the run's log, from any thread; the terminal is spared them."""
    try:
        logger = get_run_logger()
    except MissingContextError:
        return lambda level, line: None
    return lambda level, line: logger.log(logging.getLevelName(level.upper()), "%s: %s", name, line)


def warning(name: str, text: str, kept: list[str]) -> None:
    """A line of the story that the run's record keeps too."""
    kept.append(text)
    stage(name, text, "yellow")


def report(made: ReportInput, page: Path) -> None:
    """The run's tables, on stdout."""
    if not _quiet:
        print_report(made, Console(), str(page))


@contextmanager
def bar(name: str, text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar inside a long stage; yields `progress(done, total)`. One line at its end in any case."""
    started = time.monotonic()
    told = current() if name in MEASURING else None
    if _quiet or not console.is_terminal:
        yield lambda done, total: told.moved(text, done, total) if told else None
    else:
        columns = (
            TextColumn("[bold cyan]{task.fields[stage]:<10}[/] {task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(escape(text), stage=name, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)
    if told:
        told.ended(text)
    stage(name, f"{text} · {time.monotonic() - started:.1f} s")
