"""Every error of the pipeline, each saying how the pipeline reacts.

ServegaugeError
├── InputError               wrong spec, wrong flag, wrong file      exit 2, never retried
└── WorldError               the machine or the server said no       exit 1
    ├── ProvisionError       index or hub                            retried with growing pauses
    │   └── NoSpace          too little disk                         ends the run, figures shown
    ├── ServerStartError     the server never became ready           ends the run, log tail shown
    ├── ServerDied           it was ready and is gone                restarted once, point measured again
    ├── EndpointError        a server we did not start               ends the run
    ├── MeasureError         a measuring process failed              the point is failed, the run goes on
    ├── RecordError          a table could not be written            ends the run
    ├── TrackError           the tracker failed                      a warning, never more
    └── RegressionError      a run is worse than its baseline        told, once everything is recorded
"""

from __future__ import annotations


class ServegaugeError(Exception):
    """Base of all: `what` went wrong and where, and the `remedy`, each one line."""

    exit_code = 1
    retried = False

    def __init__(self, what: str, remedy: str, detail: str = "") -> None:
        """Keep the three parts apart.

        Args:
            what: what went wrong and where, one line.
            remedy: what a person can do about it, one line.
            detail: more to read when wanted (the tail of a log), several lines.
        """
        super().__init__(what, remedy, detail)
        self.what, self.remedy, self.detail = what, remedy, detail

    def __str__(self) -> str:
        return f"{self.what}\n  {self.remedy}"


class InputError(ServegaugeError):
    """Refused before anything starts; never retried."""

    exit_code = 2


class WorldError(ServegaugeError):
    """The input was right, the world was not; ends the run unless a subclass says otherwise."""


class ProvisionError(WorldError):
    """Retried with growing pauses, then ends the run."""

    retried = True


class NoSpace(ProvisionError):
    """Ends the run at once: waiting frees no disk."""

    retried = False


class ServerStartError(WorldError):
    """Ends the run at once, with the server's exit code and the tail of its log."""


class ServerDied(WorldError):
    """The server is restarted once and the interrupted point is measured again."""


class EndpointError(WorldError):
    """A server that is not ours cannot be reached or is not what the spec says; ends the run."""


class MeasureError(WorldError):
    """The measurement is recorded as failed and the run goes on; the run's exit code is 1."""


class RecordError(WorldError):
    """Ends the run: figures that cannot be written are not worth making."""


class TrackError(WorldError):
    """A warning in the report; never fails or loses a run."""


class RegressionError(WorldError):
    """A gate did not hold: both runs are recorded, the comparison is shown, the exit code is 1."""
