"""Runs EvalScope's aime25 against the endpoint; imported and called only in a measuring process."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import evalscope.benchmarks.aime.aime_adapter
import evalscope.evaluator.evaluator  # noqa: F401  EvalScope imports both late, at every run
from evalscope import TaskConfig, run_task
from evalscope.api.model import GenerateConfig
from evalscope.api.registry import get_benchmark
from evalscope.models.openai_compatible import OpenAICompatibleAPI

from tasks.measure.accuracy.evalscope_rows import Question, read_jsonl, sample_rows
from tasks.measure.jobs import AccuracyJob
from tasks.measure.question_files import check_accuracy_folder, copy_accuracy_folder
from tasks.measure.results import SampleRow
from tasks.measure.row_files import SAMPLES, one_line, write_rows
from tasks.serve.endpoint import Endpoint


class CountingModel(OpenAICompatibleAPI):  # type: ignore[misc]
    """EvalScope's client that also counts its answers and keeps its errors, which EvalScope only logs."""

    report: ClassVar[Callable[[int], None]]
    endpoint: ClassVar[Endpoint]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.errors: dict[str, list[str]] = defaultdict(list)
        self._done, self._lock = 0, Lock()

    def generate(self, input: Any, *args: Any, **kwargs: Any) -> Any:
        """As EvalScope does."""
        try:
            answer = super().generate(input, *args, **kwargs)
            if doubt := type(self).endpoint.doubt(answer.model):
                raise ValueError(doubt)
            return answer
        except Exception as error:
            with self._lock:
                self.errors[input[-1].text].append(one_line(str(error) or type(error).__name__, self.api_key))
            raise
        finally:
            with self._lock:
                self._done += 1
                type(self).report(self._done)

    def handle_bad_request(self, ex: Exception) -> Any:
        """A refusal is an error: EvalScope takes the text of some for an answer, last number and all."""
        raise ex


def run(job: AccuracyJob, report: Callable[[int], None]) -> int:
    """Evaluate; rows go to samples.jsonl in the job's folder.

    Returns:
        The number of rows.
    """
    outputs = job.folder / "evalscope"
    shutil.rmtree(outputs, ignore_errors=True)
    CountingModel.report, CountingModel.endpoint = staticmethod(report), job.endpoint
    key = job.endpoint.api_key
    model = CountingModel(
        model_name=job.endpoint.model,
        base_url=job.endpoint.url,
        api_key=key.get_secret_value() if key else "none",
        config=_generation(job),
        max_retries=0,
    )
    config = _task(job, model, str(outputs))
    questions = _questions(job, config)
    run_task(config)
    rows = sample_rows(
        job.accuracy.dataset,
        questions,
        job.accuracy.repeats,
        read_jsonl(outputs / "predictions"),
        read_jsonl(outputs / "reviews"),
        model.errors,
    )
    write_rows(job.folder / SAMPLES, SampleRow, rows)
    for page in outputs.glob("reports/*.html"):
        page.unlink()
    return len(rows)


def _generation(job: AccuracyJob) -> Any:
    """What the spec leaves null is not sent. One attempt: retries of EvalScope and of the SDK multiply."""
    generation = job.accuracy.generation
    sampling = generation.model_dump(exclude_none=True, exclude={"reasoning_effort"})
    effort = generation.reasoning_effort
    extra = {"extra_body": {"reasoning_effort": effort}} if effort else {}
    return GenerateConfig(**sampling, **extra, stream=True, timeout=job.accuracy.timeout_s, retries=1)


def _task(job: AccuracyJob, model: CountingModel, outputs: str) -> Any:
    dataset, arguments = job.accuracy.dataset, {}
    if job.accuracy.path is not None:
        folder = job.folder / "questions"
        copy_accuracy_folder(check_accuracy_folder(Path(job.accuracy.path)), folder)
        arguments = {dataset: {"local_path": str(folder)}}
    return TaskConfig(
        model=model,
        eval_type="openai_api",
        datasets=[dataset],
        dataset_args=arguments,
        eval_batch_size=job.accuracy.batch_size,
        generation_config=_generation(job),
        repeats=job.accuracy.repeats,
        ignore_errors=True,
        work_dir=outputs,
        no_timestamp=True,
    )


def _questions(job: AccuracyJob, config: Any) -> dict[int, Question]:
    """Every question as it will be asked, so that one without an answer has its row all the same."""
    datasets = get_benchmark(job.accuracy.dataset, config).load_dataset()
    samples = {sample.group_id: sample for dataset in datasets.values() for sample in dataset}
    return {
        group: Question(number, samples[group].input[-1].text, str(samples[group].target))
        for number, group in enumerate(sorted(samples))
    }
