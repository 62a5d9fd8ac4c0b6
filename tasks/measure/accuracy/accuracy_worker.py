"""Runs EvalScope on a question set; imported and called only in a measuring process."""

from __future__ import annotations

import importlib
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

import evalscope.evaluator.evaluator  # noqa: F401  EvalScope would import it during every evaluation
from evalscope import TaskConfig, run_task
from evalscope.api.model import GenerateConfig
from evalscope.api.registry import get_benchmark
from evalscope.models.openai_compatible import OpenAICompatibleAPI
from openai import DefaultHttpxClient

from tasks.config.datasets import DATASETS
from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.evalscope_rows import EvalScopeOutput, Question, read_jsonl, sample_rows
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.child_context import ChildContext
from tasks.measure.question_files import copy_questions
from tasks.measure.row_files import SAMPLES, one_line, write_rows
from tasks.serve.endpoint import MAX_TOKENS, Endpoint

OUTPUTS = "evalscope"
"""The subfolder of a job's folder that EvalScope writes to."""

# EvalScope would import an adapter during every evaluation. Here the fork server imports them once.
for _dataset in DATASETS.values():
    importlib.import_module(_dataset.adapter)


class CountingModel(OpenAICompatibleAPI):  # type: ignore[misc]
    """EvalScope's client; it also counts finished answers and keeps errors, which EvalScope only logs.

    Attributes:
        errors: the errors of failed requests, by prompt, in order of time.
    """

    client: Any

    def __init__(self, endpoint: Endpoint, config: Any, report: Callable[[int], None]) -> None:
        """Connect to an endpoint.

        Args:
            endpoint: the server that answers.
            config: EvalScope's GenerateConfig.
            report: called with the number of finished answers, failed ones included.
        """
        super().__init__(
            model_name=endpoint.model,
            base_url=endpoint.url,
            api_key=endpoint.api_key.get_secret_value() if endpoint.api_key else "none",
            config=config,
            max_retries=0,
            default_headers=endpoint.headers,
            default_query=dict(parse_qsl(endpoint.query, keep_blank_values=True)),
        )
        # By default the client follows a redirect to another host and sends the endpoint's headers there.
        self.client = self.client.with_options(http_client=DefaultHttpxClient(follow_redirects=False))
        self.errors: dict[str, list[str]] = defaultdict(list)
        self._endpoint, self._report = endpoint, report
        self._finished, self._lock = 0, Lock()

    def generate(self, input: Any, *args: Any, **kwargs: Any) -> Any:
        """Send one request as EvalScope does; raises RuntimeError, without secrets, if it fails."""
        try:
            output = super().generate(input, *args, **kwargs)
            mismatch = self._endpoint.model_mismatch(output.model)
            if mismatch:
                raise ValueError(mismatch)
            return output
        except Exception as error:
            reason = one_line(str(error) or type(error).__name__, self._endpoint.masked)
            with self._lock:
                self.errors[input[-1].text].append(reason)
            raise RuntimeError(reason) from None  # EvalScope logs it, and the message may contain a secret
        finally:
            with self._lock:
                self._finished += 1
                self._report(self._finished)

    def handle_bad_request(self, ex: Exception) -> Any:
        """Raise the error. EvalScope would turn some refusals into an answer and judge their text."""
        raise ex


def run(job: AccuracyJob, context: ChildContext) -> int:
    """Evaluate a question set, and write the rows to samples.jsonl in the job's folder.

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
    model = CountingModel(job.endpoint, generate_config, context.report)
    config = _task_config(job, model, generate_config)
    questions = _questions(question_set, config)
    run_task(config)
    output = EvalScopeOutput(
        predictions=read_jsonl(outputs / "predictions"),
        reviews=read_jsonl(outputs / "reviews"),
        errors=model.errors,
    )
    rows = sample_rows(question_set.definition, questions, question_set.repeats, output)
    write_rows(job.folder / SAMPLES, SampleRow, rows)
    for page in outputs.glob("reports/*.html"):
        page.unlink()  # the run has its own report page
    return len(rows)


def _task_config(job: AccuracyJob, model: CountingModel, generate_config: Any) -> Any:
    """Return EvalScope's TaskConfig; copy questions from a file into the job's folder."""
    question_set = job.accuracy
    return TaskConfig(
        model=model,
        eval_type="openai_api",
        datasets=[question_set.dataset],
        dataset_args={question_set.dataset: _dataset_args(question_set, job.folder / "questions")},
        eval_batch_size=question_set.batch_size,
        generation_config=generate_config,
        repeats=question_set.repeats,
        ignore_errors=True,
        work_dir=str(job.folder / OUTPUTS),
        no_timestamp=True,
    )


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


def _dataset_args(question_set: QuestionSet, folder: Path) -> dict[str, Any]:
    """Return EvalScope's `dataset_args`; copy questions from a file into `folder`, which EvalScope reads."""
    dataset = question_set.definition
    if question_set.file is None:
        return dataset.evalscope_args
    copy_questions(question_set.file, dataset, folder)
    # A folder has no named subsets: `default` holds all its questions.
    return {**dataset.evalscope_args, "local_path": str(folder), "subset_list": ["default"]}


def _questions(question_set: QuestionSet, config: Any) -> dict[int, Question]:
    """Load the questions as EvalScope will, so that a question without an answer also gets a row.

    Returns:
        The questions by EvalScope's `group_id`, which all repeats of a question share.
    """
    samples = {}
    for subset in get_benchmark(question_set.dataset, config).load_dataset().values():
        for sample in subset:
            samples[sample.group_id] = sample
    questions = {}
    for number, group in enumerate(sorted(samples)):
        sample = samples[group]
        questions[group] = Question(number, sample.input[-1].text, str(sample.target))
    return questions
