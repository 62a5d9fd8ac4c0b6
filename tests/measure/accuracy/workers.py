"""Workers for the tests of accuracy; importing this imports EvalScope, so only measuring processes do."""

from __future__ import annotations

from typing import Any

from evalscope.api.messages import ChatMessageUser
from evalscope.api.model import GenerateConfig

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
