"""Jobs: all the data that a measuring process needs."""

from __future__ import annotations

from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.question_set import QuestionSet
from tasks.config.sweep import Sweep
from tasks.plan.planned_request import PlannedRequest
from tasks.plan.point_requests import planned_requests
from tasks.plan.search_requests import searched_requests, warmup_waves
from tasks.serve.endpoint import Endpoint

SETUP_S = 900.0
"""Seconds for loading tokenizers, building prompts and writing reports, in addition to the requests."""


class Part(Frozen):
    """The part of a point that one of several processes sends.

    `first`, `first_warmup`: the number of measured and warm-up requests of the parts before it.
    `point_warmup`: the warm-up requests of the whole point.
    """

    number: int
    of: int
    first: int
    first_warmup: int
    point_warmup: int
    slots: int
    requests: int
    warmup: int

    @property
    def total(self) -> int:
        """Requests sent, warm-up included."""
        return self.requests + self.warmup

    @property
    def indexes(self) -> tuple[int, ...]:
        """The number of each request among all requests of the point, in order of sending.

        The point's warm-up comes first. The requests of an open loop are numbered as in its schedule.
        """
        if not self.slots:
            return tuple(range(self.number, self.number + self.total * self.of, self.of))
        measured = self.point_warmup + self.first
        return (
            *range(self.first_warmup, self.first_warmup + self.warmup),
            *range(measured, measured + self.requests),
        )


class PointJob(Frozen):
    """One load of one sweep, one repeat, one attempt.

    `seed` determines the prompts. It must differ between all points, repeats and attempts on one server;
    otherwise the prefix cache is hit. Only this attempt uses `folder`. `only` is this process's part if
    several processes share the point.
    """

    sweep: Sweep
    load: Load
    repeat: int
    attempt: int
    run_name: str
    endpoint: Endpoint
    folder: Path
    seed: int
    only: Part | None = None

    @property
    def total(self) -> int:
        """Requests sent, warm-up included."""
        return self.load.requests + self.warmup

    @property
    def warmup(self) -> int:
        """Requests that are sent first and excluded from the figures. An open loop has no warm-up waves."""
        return self.sweep.warmup_requests + warmup_waves(self.sweep) * self.load.slots

    @property
    def part(self) -> Part:
        """The part of the point that this process sends."""
        return self.only or self.parts(1)[0]

    def planned_requests(self) -> list[PlannedRequest]:
        """Return all requests of the point, by index. Raises InputError if a file cannot be read."""
        plan = searched_requests if self.sweep.search else planned_requests
        return plan(self.sweep, self.load, self.load.requests, self.warmup)

    @property
    def limit_s(self) -> float:
        """The longest time in seconds that a point can take if every request keeps its own timeout."""
        return SETUP_S + self.load.time_limit_s(self.total, self.sweep.timeout_s)

    def parts(self, processes: int) -> tuple[Part, ...]:
        """Divide the point among processes: a closed loop by slots, an open loop request by request in turn.

        Use fewer processes if one would have no slot or no request.
        """
        whole = min(self.load.slots or self.load.requests, self.load.requests)
        processes, found, first, first_warmup = max(1, min(processes, whole)), list[Part](), 0, 0
        for number in range(processes):
            low, high = whole * number // processes, whole * (number + 1) // processes
            total, warmup = (
                of * high // whole - of * low // whole
                if self.load.slots
                else len(range(number, of, processes))
                for of in (self.total, self.warmup)
            )
            part = Part(
                number=number,
                of=processes,
                first=first,
                first_warmup=first_warmup,
                point_warmup=self.warmup,
                slots=high - low if self.load.slots else 0,
                requests=total - warmup,
                warmup=warmup,
            )
            found.append(part)
            first, first_warmup = first + part.requests, first_warmup + part.warmup
        return tuple(found)


class LoadJob(PointJob):
    """Other requests while a question set is asked. `counter`: the file with their number under way."""

    counter: Path


class AccuracyJob(Frozen):
    """One question set with all its repeats. Only this attempt uses `folder`.

    `journal`: the file that gets the answers; None keeps none. `earlier`: the files of answers that other
    runs got. `run_id`: the run that asks. `counters`: where the load processes count their requests under
    way; none without load. `judge`: the model that judges the answers; None where none does.
    """

    accuracy: QuestionSet
    endpoint: Endpoint
    folder: Path
    attempt: int
    journal: Path | None = None
    earlier: tuple[Path, ...] = ()
    run_id: str = ""
    counters: tuple[Path, ...] = ()
    judge: Endpoint | None = None
