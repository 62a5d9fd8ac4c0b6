"""The probe as one Prefect task: the server is ready, serves the right model, and answers a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.run.flow_task import task
from tasks.config.base import Frozen
from tasks.config.server import StartedServer, VllmServer
from tasks.config.spec import Spec
from tasks.measure.chat_template import check_chat_template
from tasks.probe.conventions import find_conventions
from tasks.probe.first_answer import FirstAnswer, first_answers
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death, wait_ready
from tasks.serve.endpoint import Conventions, Endpoint, RequestKind


class ProbeResult(Frozen):
    """What the probe found out.

    `ready_s`: how long the server took to be ready; None if it was not started here. `warnings`: what
    could not be checked, and what differs from other servers.
    """

    answers: tuple[FirstAnswer, ...]
    ready_s: float | None
    conventions: Conventions = Conventions()
    warnings: tuple[str, ...] = ()


@task(name="probe", task_run_name="probe")
def probe(spec: Spec, endpoint: Endpoint, check: Callable[[], None], log: Path | None = None) -> ProbeResult:
    """Wait for a server that was started here; check any server's model, and send it a request of each kind.

    Args:
        spec: its server and the kinds of its questions.
        endpoint: where the server answers.
        check: raises once the server's process has ended.
        log: the server's log, which the error quotes if the server does not become ready.
    """
    started_here = isinstance(spec.server, StartedServer)
    ready_s = None
    if isinstance(spec.server, StartedServer):
        ready_s = wait_ready(endpoint, check, spec.server.startup_timeout_s, log=log)
    check_chat_template(endpoint.tokenizer, spec.sweeps)
    with report_death(check):
        identity = server_identity(endpoint, managed=started_here)
        answers = first_answers(endpoint, _question_kinds(spec), managed=started_here)
        # vLLM is known to keep connections open: the check would only delay its start.
        is_vllm = isinstance(spec.server, VllmServer)
        conventions, warnings = find_conventions(endpoint, answers, may_close=not is_vllm)
    return ProbeResult(
        answers=answers,
        ready_s=ready_s,
        conventions=conventions,
        warnings=identity.warnings + warnings,
    )


def _question_kinds(spec: Spec) -> frozenset[RequestKind]:
    kinds: set[RequestKind] = {sweep.endpoint for sweep in spec.sweeps}
    if spec.accuracy:
        kinds.add("chat")
    return frozenset(kinds)
