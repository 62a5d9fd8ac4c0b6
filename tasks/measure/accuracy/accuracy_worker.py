"""Runs EvalScope on a question set; imported and called only in a measuring process."""

from __future__ import annotations

import importlib
import shutil
from typing import Any

import evalscope.report
from evalscope import TaskConfig, run_task
from evalscope.api.model import GenerateConfig
from evalscope.api.registry import EVALUATOR_REGISTRY

from tasks.config.datasets import AIME25, find_dataset
from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.answer_journal import AnswerJournal
from tasks.measure.accuracy.asking_worker import AskingModel
from tasks.measure.accuracy.dataset_worker import check_score, dataset_arguments
from tasks.measure.accuracy.judging_worker import RowEvaluator
from tasks.measure.accuracy.row_sink_worker import RowSink
from tasks.measure.accuracy.under_way import LoadWatch
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.child_context import ChildContext
from tasks.serve.endpoint import MAX_TOKENS, Endpoint

OUTPUTS = "evalscope"
"""The subfolder of a job's folder that EvalScope writes to."""

# EvalScope would import an adapter during every evaluation. Here the fork server imports the usual one once.
_usual = find_dataset(AIME25)
assert _usual is not None
importlib.import_module(_usual.adapter)


def run(job: AccuracyJob, context: ChildContext) -> int:
    """Evaluate a question set, and write each row to samples.jsonl in the job's folder once it is judged.

    Args:
        job: the question set and the endpoint that answers.
        context: reports the number of finished answers to the parent.

    Returns:
        The number of rows.
    """
    outputs = job.folder / OUTPUTS
    shutil.rmtree(outputs, ignore_errors=True)
    question_set = job.accuracy
    generate_config = _generate_config(question_set, job.endpoint)
    journal = AnswerJournal(job.journal, job.run_id, job.earlier)
    watch = LoadWatch(job.counters)
    model = AskingModel(job.endpoint, generate_config, context.report, journal, question_set.retries, watch)
    sink = RowSink(job, model)
    RowEvaluator.sink = sink
    EVALUATOR_REGISTRY[question_set.dataset] = RowEvaluator
    # The run has its own report page; EvalScope's takes two seconds.
    evalscope.report.gen_html_report_file = lambda folder: "none"
    config = _task_config(job, model, generate_config)
    context.wait_for_others()  # until the load is under way
    with watch:
        reports = run_task(config)
    context.wait_for_others()  # the load ends
    check_score(reports[question_set.dataset], sink)
    return sink.rows


def _task_config(job: AccuracyJob, model: AskingModel, generate_config: Any) -> Any:
    """Return EvalScope's TaskConfig; copy questions from files into the job's folder."""
    question_set = job.accuracy
    settings: dict[str, Any] = {
        "model": model,
        "eval_type": "openai_api",
        "datasets": [question_set.dataset],
        "dataset_hub": question_set.hub,
        "limit": question_set.limit,
        "eval_batch_size": question_set.batch_size,
        "generation_config": generate_config,
        "repeats": question_set.repeats,
        "ignore_errors": True,
        "work_dir": str(job.folder / OUTPUTS),
        "no_timestamp": True,
    }
    if question_set.sandbox and question_set.definition.runs_code:
        settings["sandbox"] = {"enabled": True}
    if job.judge:
        settings["judge"] = {"models": [_judge(job.judge)]}
    arguments = dataset_arguments(question_set, job.folder / "questions")
    return TaskConfig(**settings, dataset_args={question_set.dataset: arguments})


def _judge(judge: Endpoint) -> dict[str, Any]:
    key = judge.api_key.get_secret_value() if judge.api_key else "none"
    return {"model_id": judge.model, "api_url": judge.url, "api_key": key}


def _generate_config(question_set: QuestionSet, endpoint: Endpoint) -> Any:
    """Return EvalScope's GenerateConfig, without the settings that are null in the spec."""
    generation = question_set.generation
    sampling = generation.model_dump(exclude_none=True, exclude={"reasoning_effort", "request"})
    fields = dict(generation.request)
    if generation.reasoning_effort:
        fields["reasoning_effort"] = generation.reasoning_effort
    if MAX_TOKENS in sampling and endpoint.max_tokens_field("chat") != MAX_TOKENS:
        fields[endpoint.max_tokens_field("chat")] = sampling.pop(MAX_TOKENS)
    if fields:
        sampling["extra_body"] = fields
    # One attempt: retries by EvalScope would hide a failure, and multiply those of the OpenAI client.
    return GenerateConfig(**sampling, stream=True, timeout=question_set.timeout_s, retries=1)
