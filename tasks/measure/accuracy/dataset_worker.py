"""How EvalScope is told to read a question set, and the check that its score is the one that is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
from evalscope import TaskConfig
from evalscope.api.registry import get_benchmark

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.row_sink_worker import RowSink
from tasks.measure.question_files import copy_questions

LARGEST_DIFFERENCE = 1e-3
"""Between EvalScope's score and the mean over its judgements; it rounds to four digits."""


class OtherScore(Exception):
    """The score of the benchmark is not the mean over its answers, so that it must not be recorded as one."""


def dataset_arguments(question_set: QuestionSet, folder: Path) -> dict[str, Any]:
    """Return EvalScope's `dataset_args` of a set; copy questions from files into `folder`, which it reads."""
    arguments: dict[str, Any] = dict(question_set.evalscope)
    if question_set.few_shot is not None:
        arguments["few_shot_num"] = question_set.few_shot
    if question_set.subsets:
        arguments["subset_list"] = list(question_set.subsets)
    if not question_set.files:
        return arguments
    copy_questions(question_set, folder)
    # The library tells folders of the same name and files of the same name apart badly: its shared cache
    # returned the questions of another set.
    datasets.config.HF_DATASETS_CACHE = folder.parent / "datasets"
    return arguments | _local_arguments(question_set, folder)


def _local_arguments(question_set: QuestionSet, folder: Path) -> dict[str, Any]:
    """Describe a folder's files to EvalScope: which one is which subset and split."""
    dataset = question_set.definition
    arguments: dict[str, Any] = {"local_path": str(folder)}
    if question_set.few_shot is None and dataset.train_split and not question_set.example_files:
        arguments["few_shot_num"] = 0
    adapter = get_benchmark(question_set.dataset, TaskConfig(datasets=[question_set.dataset]))
    if question_set.files[0].name == dataset.file:
        configs = {adapter.default_subset: dataset.file}
        if not adapter.reformat_subset:
            arguments["subset_list"] = [adapter.default_subset]
    else:
        configs = {file.stem: file.name for file in question_set.files}
        arguments["subset_list"] = list(configs)
    examples = {file.name for file in question_set.example_files}
    (folder / "README.md").write_text(_readme(configs, dataset.eval_split, dataset.train_split, examples))
    return arguments


def _readme(configs: dict[str, str], eval_split: str, train_split: str, examples: set[str]) -> str:
    """Return the description of a folder of data files that the library `datasets` reads. JSON is YAML."""
    described = []
    for name, file in configs.items():
        files = [{"split": eval_split, "path": file}]
        for example in (f"{name}_{train_split}.jsonl", f"{train_split}.jsonl"):
            if example in examples and len(files) == 1:
                files.append({"split": train_split, "path": example})
        described.append({"config_name": name, "data_files": files})
    return f"---\n{json.dumps({'configs': described})}\n---\n"


def check_score(report: Any, sink: RowSink) -> None:
    """Raise OtherScore if EvalScope's own score is not the mean over its judgements."""
    metric = report.primary_metric if report else None
    if metric is None:
        return
    subsets = [
        subset for category in metric.categories for subset in category.subsets if not subset.is_aggregate
    ]
    judged = sum(subset.num for subset in subsets)
    if not judged or not sink.judgements:
        return
    score = sum(subset.score * subset.num for subset in subsets) / judged
    mean = sum(sink.judgements) / len(sink.judgements)
    if abs(score - mean) > LARGEST_DIFFERENCE:
        raise OtherScore(f"EvalScope's score is {score:.4f}, the mean over its answers {mean:.4f}")
