"""What a comparison knows of one run."""

from __future__ import annotations

from string import ascii_uppercase

from tasks.config.base import Frozen
from tasks.record.question_shares import QuestionShare
from tasks.report.report_input import ReportInput

LETTERS = ascii_uppercase
"""Short names of the compared runs, in their order. A is the base: the others are compared with it."""


class ComparedRun(Frozen):
    """One run of a comparison. `answers`: how often the run answered each question right."""

    report: ReportInput
    answers: tuple[QuestionShare, ...] = ()
