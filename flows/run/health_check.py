"""The health check as one Prefect task: the server serves the right model and answers a question."""

from __future__ import annotations

from collections.abc import Callable

from flows.run.flow_task import task
from tasks.config.base import Frozen
from tasks.config.server import StartedServer, VllmServer
from tasks.config.spec import Spec
from tasks.config.sweep import Sweep
from tasks.measure.chat_template import check_chat_template
from tasks.measure.find_tokenizer import check_tokenizer
from tasks.probe.conventions import find_conventions
from tasks.probe.first_answer import FirstAnswer, first_answers
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death
from tasks.serve.endpoint import Conventions, Endpoint, RequestKind


class Health(Frozen):
    """What the health check found out.

    `warnings`: what could not be checked, and what differs from other servers.
    """

    answers: tuple[FirstAnswer, ...]
    conventions: Conventions = Conventions()
    warnings: tuple[str, ...] = ()


@task(name="health check", task_run_name="health check")
def check_health(spec: Spec, endpoint: Endpoint, check: Callable[[], None]) -> Health:
    """Check the model of a server that is ready, and send the server a request of each kind.

    Args:
        spec: its server and the kinds of its questions.
        endpoint: where the server answers.
        check: raises once the server's process has ended.
    """
    started_here = isinstance(spec.server, StartedServer)
    check_tokenizer(endpoint.tokenizer, _loads(spec))
    check_chat_template(endpoint.tokenizer, _loads(spec))
    with report_death(check):
        identity = server_identity(endpoint, managed=started_here)
        answers = first_answers(endpoint, _question_kinds(spec), managed=started_here)
        # vLLM is known to keep connections open and to heed ignore_eos: these checks would delay its start.
        is_vllm = isinstance(spec.server, VllmServer)
        exact_kinds = frozenset() if is_vllm else _exact_kinds(spec)
        conventions, warnings = find_conventions(endpoint, answers, exact_kinds, may_close=not is_vllm)
    return Health(answers=answers, conventions=conventions, warnings=identity.warnings + warnings)


def _question_kinds(spec: Spec) -> frozenset[RequestKind]:
    kinds: set[RequestKind] = {sweep.endpoint for sweep in _loads(spec)}
    if spec.accuracy:
        kinds.add("chat")
    return frozenset(kinds)


def _exact_kinds(spec: Spec) -> frozenset[RequestKind]:
    """The kinds of requests that ask for answers of exact lengths."""
    return frozenset(sweep.endpoint for sweep in _loads(spec) if sweep.fixes_output_lengths)


def _loads(spec: Spec) -> tuple[Sweep, ...]:
    """All sweeps, those included that run while questions are asked."""
    return (*spec.sweeps, *spec.loads_of_accuracy)
