"""Every error of the pipeline, and how the pipeline reacts to each.

ServegaugeError
├── InputError               wrong spec, flag or file                exit 2, never retried
└── ExecutionError           valid input, but a step failed          exit 1
    ├── ProvisionError       package index or model hub              retried with growing pauses
    │   └── NoSpace          too little disk space                   ends the run, sizes shown
    ├── ServerStartError     the server never became ready           ends the run, end of its log shown
    ├── ServerDied           the server was ready, then exited       restarted once, point measured again
    ├── EndpointError        a server that was started elsewhere     ends the run
    ├── MeasureError         a measuring process failed              the point is failed, the run goes on
    ├── TokenizerError       the prompts' tokenizer does not load    ends the run
    ├── RecordError          a table could not be written            ends the run
    ├── TrackError           a tracker failed                        a warning, never more
    └── RegressionError      figures fail the gate                   raised once everything is recorded
"""

from __future__ import annotations


class ServegaugeError(Exception):
    """Base class: `what` went wrong and where, and the `remedy`, one line each."""

    exit_code = 1
    retried = False

    def __init__(self, what: str, remedy: str, detail: str = "") -> None:
        """Keep the three parts separate.

        Args:
            what: what went wrong and where, one line.
            remedy: what a person can do about it, one line.
            detail: several lines to read besides, for example the end of a log.
        """
        super().__init__(what, remedy, detail)
        self.what, self.remedy, self.detail = what, remedy, detail

    def __str__(self) -> str:
        return f"{self.what}\n  {self.remedy}"


class InputError(ServegaugeError):
    """The input is wrong. Raised before anything starts; never retried."""

    exit_code = 2


class ExecutionError(ServegaugeError):
    """The input is valid, but a step failed. Ends the run unless a subclass says otherwise."""


class ProvisionError(ExecutionError):
    """An environment or a model could not be fetched. Retried with growing pauses, then ends the run."""

    retried = True


class NoSpace(ProvisionError):
    """Too little disk space. Ends the run at once: waiting frees no disk."""

    retried = False


class ServerStartError(ExecutionError):
    """The server never became ready. Ends the run at once, with its exit code and the end of its log."""


class ServerDied(ExecutionError):
    """The server exited or hung. It is restarted once and the interrupted point is measured again."""


class EndpointError(ExecutionError):
    """A server that was started elsewhere cannot be reached or does not match the spec. Ends the run."""


class MeasureError(ExecutionError):
    """A measurement failed. It is recorded as failed and the run goes on; the run's exit code is 1."""


class TokenizerError(ExecutionError):
    """The tokenizer of random prompts cannot be loaded. Ends the run: no other point could be measured."""


class RecordError(ExecutionError):
    """A table could not be written. Ends the run: further figures could not be kept either."""


class TrackError(ExecutionError):
    """A tracker failed. Shown as a warning in the report; never fails a run."""


class RegressionError(ExecutionError):
    """The gate did not hold. Both runs are recorded and the comparison is shown; the exit code is 1."""
