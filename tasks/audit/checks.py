"""Every check of a point, by the name it has in the table `checks`. Each always has an answer."""

from __future__ import annotations

from collections.abc import Callable

from tasks.audit import answers, load_generator, other_load, server_counters, server_histograms, steadiness
from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding

CHECKS: dict[str, Callable[[Evidence], Finding]] = {
    check.__name__: check
    for check in (
        answers.failures,
        answers.rejections,
        server_counters.metrics,
        server_counters.restart,
        answers.output_length,
        answers.input_length,
        answers.usage,
        server_counters.requests_counted,
        server_counters.output_counted,
        server_counters.input_counted,
        server_counters.prefix_cache,
        server_counters.preemptions,
        load_generator.client_delay,
        load_generator.client_processor,
        load_generator.client_clock,
        load_generator.client_stall,
        server_histograms.ttft,
        server_histograms.tpot,
        answers.one_piece,
        answers.tokens_a_piece,
        steadiness.drift,
        steadiness.pace,
        steadiness.waves,
        other_load.other_load,
        other_load.gpu_slowed,
        other_load.gpu_power_cap,
        other_load.gpu_clock,
        other_load.gpu_alone,
        other_load.gpu_memory,
    )
}
