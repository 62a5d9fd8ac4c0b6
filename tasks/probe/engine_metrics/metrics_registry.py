"""The table of all engines' metrics. For a new engine, add a file in this folder and a row here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tasks.probe.engine_metrics.llamacpp import LLAMACPP
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, Metric
from tasks.probe.engine_metrics.sglang import SGLANG
from tasks.probe.engine_metrics.tensorrt_llm import TENSORRT_LLM
from tasks.probe.engine_metrics.tgi import TGI
from tasks.probe.engine_metrics.vllm import VLLM

ENGINE_METRICS: tuple[EngineMetrics, ...] = (VLLM, SGLANG, TGI, LLAMACPP, TENSORRT_LLM)


def _all_metrics() -> Iterator[tuple[EngineMetrics, Metric]]:
    for table in ENGINE_METRICS:
        for metric in table.metrics:
            yield table, metric


METRICS: dict[str, Metric] = {metric.name: metric for _, metric in _all_metrics()}
"""Every metric that is recorded, by the engine's newest name for it."""
ALIASES: dict[str, str] = {older: metric.name for _, metric in _all_metrics() for older in metric.older}
"""The newest name of a metric, by each older name."""
_TABLES: dict[str, EngineMetrics] = {metric.name: table for table, metric in _all_metrics()}


def table_of(names: Iterable[str]) -> EngineMetrics | None:
    """Return the table of the engine that wrote metrics of these names, by its newest names.

    Return None if no engine or several engines match: a gateway may show several engines on one page, and
    those values belong to no single server.
    """
    tables = {_TABLES[name].engine: _TABLES[name] for name in names if name in _TABLES}
    return next(iter(tables.values())) if len(tables) == 1 else None


def names_of(meaning: Meaning) -> tuple[str, ...]:
    """Return the names that mean this, of all engines."""
    return tuple(name for name, metric in METRICS.items() if metric.meaning is meaning)


def engine_names() -> str:
    """Return the known engines as words: `vLLM, SGLang, …`."""
    return ", ".join(table.engine for table in ENGINE_METRICS)
