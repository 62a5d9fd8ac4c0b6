"""Reads the folder of a performance run of MLPerf Endpoints, by its documented layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, number, object_in, read_settings
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader import Reader, enough_for
from tasks.stats import PERCENTILE_NEEDS

CONFIG, SUMMARY = "config.yaml", "performance/result_summary.json"
PERCENTILE = "{}.0"
"""The key of a percentile, as `99.0`."""
NANO = 1e-9
TIMES = ("ttft", "tpot", "latency")
LENGTHS = {
    "input_tokens_mean": "input_sequence_lengths",
    "output_tokens_mean": "output_sequence_lengths",
}


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"n_samples_issued", "duration_ns", "qps"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    succeeded, failed = _counts(content, path)
    point = ForeignPoint(
        load=_load(content, succeeded + failed, path),
        succeeded=succeeded,
        failed=failed,
        figures=_figures(content, succeeded),
    )
    tool_version = content.get("version")
    return ForeignRun(
        tool="mlperf",
        version=str(tool_version) if tool_version else None,
        model=_model(path),
        measured_at=None,
        points=(point,),
    )


def _counts(content: Fields, path: Path) -> tuple[int, int]:
    """Return how many requests succeeded and failed. Older files do not say whether failed ones completed."""
    failed = count(content, "n_samples_failed", path)
    if "n_samples_succeeded" in content or not failed:
        name = "n_samples_succeeded" if "n_samples_succeeded" in content else "n_samples_completed"
        return count(content, name, path), failed
    raise InputError(
        f"{path} does not say how many requests succeeded", "measure again with a newer MLPerf Endpoints"
    )


def _load(content: Fields, requests: int, path: Path) -> Load:
    pattern = object_in(object_in(content, "run_config"), "load_pattern")
    kind = pattern.get("type")
    concurrency, rate = number(pattern, "target_concurrency"), number(pattern, "target_qps")
    if kind == "concurrency" and concurrency:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if kind == "poisson" and rate:
        return read_load({"rate": rate, "requests": requests})
    if kind == "max_throughput":
        return read_load({"burst": requests})
    raise InputError(f"{path}: the load pattern {kind!r} cannot be read", "import runs of a fixed load")


def _model(path: Path) -> str:
    """Return the model, which only the run's `config.yaml` names.

    Raises:
        InputError: there is no such file beside the folder of the summary, or it names no model.
    """
    file, remedy = path.parent.parent / CONFIG, "give the run's folder as it was written"
    name = object_in(read_settings(file, remedy), "model_params").get("name")
    if not name:
        raise InputError(f"{file} names no model", remedy)
    return str(name)


def _figures(content: Fields, succeeded: int) -> dict[str, float | None]:
    figures = {
        "duration_s": number(content, "duration_ns", NANO),
        "request_throughput": number(content, "qps"),
        "output_token_throughput": number(content, "tps"),
    }
    for ours, theirs in LENGTHS.items():
        figures[ours] = number(object_in(content, theirs), "avg")
    for time in TIMES:
        block = object_in(content, time)
        figures[f"{time}_mean_s"] = number(block, "avg", NANO)
        percentiles = object_in(block, "percentiles")
        for percent in PERCENTILE_NEEDS:
            known = percentiles if enough_for(percent, succeeded) else {}
            value = number(known, PERCENTILE.format(percent), NANO)
            figures[f"{time}_p{percent}_s"] = (
                value if value is not None else number(known, str(percent), NANO)
            )
    return figures


MLPERF_ENDPOINTS = Reader("mlperf", _recognises, _read)
