"""The probe as one Prefect task: ready, the right model, and real answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.config.base import Frozen
from tasks.config.server import StartedServer
from tasks.config.spec import Spec
from tasks.probe.first_answer import FirstAnswer, Kind, first_answer
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death, wait_ready
from tasks.serve.endpoint import Endpoint


class Probed(Frozen):
    """A server that may be measured, and how long it took to be ready (None: it ran already)."""

    answers: tuple[FirstAnswer, ...]
    ready_s: float | None


@task(name="probe", task_run_name="probe", cache_policy=NO_CACHE)
def probe(spec: Spec, endpoint: Endpoint, check: Callable[[], None], log: Path | None = None) -> Probed:
    """Wait for a server of ours and ask who it is; ask any one question of each kind that the spec needs.

    Who another's is was asked before: a run's plan rests on it.
    """
    ours = isinstance(spec.server, StartedServer)
    ready_s = None
    if isinstance(spec.server, StartedServer):
        ready_s = wait_ready(endpoint, check, spec.server.startup_timeout_s, log=log)
    with report_death(check):
        if ours:
            server_identity(endpoint, ours=True)
        answers = first_answer(endpoint, _kinds(spec), ours=ours)
    return Probed(answers=answers, ready_s=ready_s)


def _kinds(spec: Spec) -> frozenset[Kind]:
    kinds: set[Kind] = {sweep.endpoint for sweep in spec.sweeps}
    if spec.accuracy:
        kinds.add("chat")
    return frozenset(kinds)
