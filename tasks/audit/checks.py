"""Every check of a point, by the name it has in the table `checks`. Each always has an answer."""

from __future__ import annotations

from collections.abc import Callable

from tasks.audit import agreement, answers, client, counters, course, machine
from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding

CHECKS: dict[str, Callable[[Evidence], Finding]] = {
    check.__name__: check
    for check in (
        answers.failures,
        answers.rejections,
        counters.metrics,
        counters.restart,
        answers.output_length,
        answers.input_length,
        answers.usage,
        counters.requests_counted,
        counters.output_counted,
        counters.input_counted,
        counters.prefix_cache,
        counters.preemptions,
        client.client_delay,
        client.client_processor,
        client.client_clock,
        client.client_stall,
        agreement.ttft,
        agreement.tpot,
        answers.one_piece,
        answers.tokens_a_piece,
        course.drift,
        course.pace,
        course.waves,
        machine.other_load,
        machine.gpu_slowed,
        machine.gpu_power_cap,
        machine.gpu_clock,
        machine.gpu_alone,
        machine.gpu_memory,
    )
}
