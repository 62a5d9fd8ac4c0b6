"""Workers for the tests of accuracy; importing this imports EvalScope, so only measuring processes do."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import evalscope.config
from evalscope.api.messages import ChatMessageUser
from evalscope.api.mixin import code_execution_sandbox_mixin
from evalscope.api.model import GenerateConfig

from tasks.measure.accuracy import accuracy_worker
from tasks.measure.accuracy.answer_journal import AnswerJournal
from tasks.measure.accuracy.asking_worker import AskingModel
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.child_context import ChildContext


def two_models(job: AccuracyJob, context: ChildContext) -> list[tuple[list[int], list[str]]]:
    """Send requests through two models of one process: the first answers, the second is another model.

    Returns:
        For each model what it reported, and its errors.
    """
    config = GenerateConfig(stream=True, retries=1)
    results: list[tuple[list[int], list[str]]] = []
    for endpoint in (job.endpoint, job.endpoint.model_copy(update={"answers_as": "another"})):
        counts: list[int] = []
        model = AskingModel(endpoint, config, counts.append, AnswerJournal(None, "run"))
        errors = [_error(model, prompt, config) for prompt in ("first", "second")]
        results.append((counts, [error for error in errors if error]))
    return results


def _error(model: Any, prompt: str, config: Any) -> Any:
    try:
        model.generate([ChatMessageUser(content=prompt)], [], "none", config)
    except RuntimeError as error:
        print(error)
    return model.last_asked.error


class ProcessSandbox:
    """Runs code of these tests in a process of its own, with the results that EvalScope's sandbox gives."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def is_ready(self) -> bool:
        """It needs no start."""
        return True

    def execute(self, code: str, timeout: int, language: str) -> dict[str, Any]:
        """Run Python code."""
        ended = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, timeout=60, check=False
        )
        return {"status": "error" if ended.returncode else "success", "tool_name": "python_executor"}

    def stop(self) -> None:
        """It has nothing to end."""


class StoppedSandbox(ProcessSandbox):
    """Gives what EvalScope makes of a sandbox that does not answer."""

    def execute(self, code: str, timeout: int, language: str) -> dict[str, Any]:
        """Run nothing."""
        return {"status": "error", "error": "Docker is not there", "metadata": {"code": code}}


def in_a_process(job: AccuracyJob, context: ChildContext) -> int:
    """Evaluate with a sandbox that works."""
    return _with_sandbox(ProcessSandbox, job, context)


def in_a_stopped_sandbox(job: AccuracyJob, context: ChildContext) -> int:
    """Evaluate with a sandbox that fails."""
    return _with_sandbox(StoppedSandbox, job, context)


def _with_sandbox(kind: type[ProcessSandbox], job: AccuracyJob, context: ChildContext) -> int:
    mixin: Any = code_execution_sandbox_mixin
    mixin.EnclaveCodeExecutionBackend = kind
    config: Any = evalscope.config
    config.check_import = lambda *_, **__: True
    return accuracy_worker.run(job, context)
