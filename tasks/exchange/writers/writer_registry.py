"""The registry of writers."""

from __future__ import annotations

from tasks.exchange.writers.evalscope_perf import EVALSCOPE_PERF
from tasks.exchange.writers.mlperf_endpoints import MLPERF_ENDPOINTS
from tasks.exchange.writers.vllm_bench import VLLM_BENCH
from tasks.exchange.writers.writer import Writer

WRITERS: dict[str, Writer] = {
    writer.tool: writer for writer in (EVALSCOPE_PERF, VLLM_BENCH, MLPERF_ENDPOINTS)
}
"""Every form that a run can be exported in, by the NAME of `servegauge export run --as NAME`."""
