"""The data of one run in a comparison."""

from __future__ import annotations

from string import ascii_uppercase

from tasks.config.base import Frozen
from tasks.record.results import QuestionShare
from tasks.report.report_input import ReportInput

LETTERS = ascii_uppercase
"""Short names of the compared runs, in order. A is the baseline for the others."""


class ComparedRun(Frozen):
    """One run of a comparison.

    `answers`: how often the run answered each question right. `variant`: what people call the run, such as
    the host of a matrix that it ran on; empty if nobody gave it a name.
    """

    report: ReportInput
    answers: tuple[QuestionShare, ...] = ()
    variant: str = ""
