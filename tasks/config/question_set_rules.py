"""What a question set may ask of its benchmark: arguments, subsets, a judge, the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.config.datasets import Dataset
from tasks.config.refusal import refuse

OWNED_ARGUMENTS = {
    "local_path": "set `path`",
    "dataset_id": "set `path`, or choose another dataset",
    "subset_list": "set `subsets`",
    "few_shot_num": "set `few_shot`",
    "metric_list": "leave it out: the score is the benchmark's own",
    "aggregation": "leave it out: answers to one question are taken together here",
    "primary_metric": "leave it out: the score is the benchmark's own",
}
"""Arguments of an EvalScope dataset that have a field of their own, each with a remedy."""


def check_arguments(arguments: Iterable[str]) -> None:
    """Refuse an argument of EvalScope that has a field of its own."""
    for name in arguments:
        if name in OWNED_ARGUMENTS:
            raise refuse(f"`evalscope.{name}` is set by the pipeline itself", OWNED_ARGUMENTS[name])


def check_subsets(dataset: Dataset, subsets: Sequence[str]) -> None:
    """Refuse a subset that the benchmark does not have."""
    unknown = [subset for subset in subsets if subset not in dataset.hub_subsets]
    if unknown:
        some = ", ".join(list(dataset.hub_subsets)[:8])
        raise refuse(f"{dataset.name} has no subset {unknown[0]!r}", f"its subsets are: {some} …")


def check_judging(dataset: Dataset, *, has_judge: bool, sandbox: bool) -> None:
    """Refuse a benchmark that needs a model that judges, or that runs code, if the set does not say so."""
    if dataset.needs_judge and not has_judge:
        raise refuse(
            f"the answers to {dataset.name} are judged by a model", "set `judge`: {url: …, model: …}"
        )
    if dataset.runs_code and not sandbox:
        raise refuse(
            f"judging {dataset.name} runs code from the answers",
            "set `sandbox: true`, which runs it in EvalScope's sandbox (Docker)",
        )
