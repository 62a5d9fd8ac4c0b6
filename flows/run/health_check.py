"""The probe as one Prefect task: the server is ready, serves the right model, and answers a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.config.base import Frozen
from tasks.config.server import StartedServer
from tasks.config.spec import Spec
from tasks.probe.first_answer import FirstAnswer, first_answers
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death, wait_ready
from tasks.serve.endpoint import Endpoint, RequestKind


class ProbeResult(Frozen):
    """The first answers of a server, and how long it took to be ready (None: it was not started here)."""

    answers: tuple[FirstAnswer, ...]
    ready_s: float | None


@task(name="probe", task_run_name="probe", cache_policy=NO_CACHE)
def probe(spec: Spec, endpoint: Endpoint, check: Callable[[], None], log: Path | None = None) -> ProbeResult:
    """Wait for a server that was started here and check its model; ask any server a question of each kind.

    The model of a server that was started elsewhere was checked before: the run's plan depends on it.

    Args:
        spec: its server and the kinds of its questions.
        endpoint: where the server answers.
        check: raises once the server's process has ended.
        log: the server's log, quoted where it does not become ready.
    """
    started_here = isinstance(spec.server, StartedServer)
    ready_s = None
    if isinstance(spec.server, StartedServer):
        ready_s = wait_ready(endpoint, check, spec.server.startup_timeout_s, log=log)
    with report_death(check):
        if started_here:
            server_identity(endpoint, managed=True)
        answers = first_answers(endpoint, _question_kinds(spec), managed=started_here)
    return ProbeResult(answers=answers, ready_s=ready_s)


def _question_kinds(spec: Spec) -> frozenset[RequestKind]:
    kinds: set[RequestKind] = {sweep.endpoint for sweep in spec.sweeps}
    if spec.accuracy:
        kinds.add("chat")
    return frozenset(kinds)
