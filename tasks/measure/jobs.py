"""What a measuring process is given: everything it needs, and nothing else."""

from __future__ import annotations

from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.question_set import QuestionSet
from tasks.config.sweep import Sweep
from tasks.serve.endpoint import Endpoint

SETUP_S = 900.0
"""Room for tokenizers, prompts and reports beside the requests themselves."""


class Part(Frozen):
    """What one of several processes sends of a point. `first`: the number of its first prompt."""

    number: int
    of: int
    first: int
    slots: int
    requests: int
    warmup: int

    @property
    def total(self) -> int:
        """Requests sent, warm-up included."""
        return self.requests + self.warmup


class PointJob(Frozen):
    """One load of one sweep, one repeat, one attempt.

    `seed` fixes the prompts; it must differ between any two points, repeats and attempts that one
    server may see, or its prefix cache answers for the model. `folder` is this attempt's own.
    `only` is this process's part, where several share the point.
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
        """Requests sent first, and left out of the figures. An open loop has no waves."""
        return self.sweep.warmup_requests + self.sweep.warmup_waves * self.load.slots

    @property
    def part(self) -> Part:
        """What this process sends."""
        return self.only or self.parts(1)[0]

    @property
    def limit_s(self) -> float:
        """No point can last longer when every request keeps its own limit."""
        return SETUP_S + self.load.time_limit_s(self.total, self.sweep.timeout_s)

    def parts(self, processes: int) -> tuple[Part, ...]:
        """The point shared out by slots; an open loop's requests one by one, as its schedule deals arrivals.

        No process is without a slot or a request.
        """
        whole = min(self.load.slots or self.load.requests, self.load.requests)
        processes, found, first = max(1, min(processes, whole)), list[Part](), 0
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
                slots=high - low if self.load.slots else 0,
                requests=total - warmup,
                warmup=warmup,
            )
            found.append(part)
            first += part.total
        return tuple(found)


class AccuracyJob(Frozen):
    """One question set, all its repeats. `folder` is this attempt's own."""

    accuracy: QuestionSet
    endpoint: Endpoint
    folder: Path
    attempt: int
