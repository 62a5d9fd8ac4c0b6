"""The registry of checks: the name of each check in the table `checks`, and its function."""

from __future__ import annotations

from collections.abc import Callable

from tasks.audit import (
    answers,
    first_wave,
    gpu_checks,
    history,
    load_generator,
    other_load,
    server_counters,
    server_histograms,
    speculation_check,
    steadiness,
    usage_fields,
)
from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding

CHECKS: dict[str, Callable[[Evidence], Finding]] = {
    "failures": answers.failures,
    "abandoned": answers.abandoned,
    "rejections": answers.rejections,
    "metrics": server_counters.metrics,
    "restart": server_counters.restart,
    "output_length": answers.output_length,
    "input_length": answers.input_length,
    "history": history.history,
    "usage": answers.usage,
    "usage_missing": usage_fields.usage_missing,
    "usage_sum": usage_fields.usage_sum,
    "requests_counted": server_counters.requests_counted,
    "output_counted": server_counters.output_counted,
    "input_counted": server_counters.input_counted,
    "prefix_cache": server_counters.prefix_cache,
    "preemptions": server_counters.preemptions,
    "client_delay": load_generator.client_delay,
    "lateness": load_generator.lateness,
    "client_processor": load_generator.client_processor,
    "client_clock": load_generator.client_clock,
    "client_stall": load_generator.client_stall,
    "ttft": server_histograms.ttft,
    "tpot": server_histograms.tpot,
    "one_piece": answers.one_piece,
    "tokens_a_piece": answers.tokens_a_piece,
    "speculation": speculation_check.speculation,
    "drift": steadiness.drift,
    "pace": steadiness.pace,
    "waves": steadiness.waves,
    "first_wave": first_wave.first_wave,
    "steady_state": steadiness.steady_state,
    "other_load": other_load.other_load,
    "gpu_slowed": gpu_checks.gpu_slowed,
    "gpu_power_cap": gpu_checks.gpu_power_cap,
    "gpu_clock": gpu_checks.gpu_clock,
    "gpu_alone": gpu_checks.gpu_alone,
    "gpu_memory": gpu_checks.gpu_memory,
}
"""Every check runs on every point and returns a finding. The tables use these names in this order."""
