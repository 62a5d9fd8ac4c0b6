"""Metrics of Text Generation Inference (TGI).

TGI reports no TTFT. The table omits `tgi_request_mean_time_per_token_duration`: it includes the prefill, so
it is not TPOT. The sum of `tgi_request_skipped_tokens` is the number of accepted draft tokens. The count of
`tgi_request_skipped_tokens` includes steps without a draft, so it is not the number of drafts.
"""

from __future__ import annotations

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, counter, gauge, sum_and_count

TGI = EngineMetrics(
    engine="TGI",
    metrics=(
        gauge(Meaning.RUNNING, "tgi_batch_current_size", "requests"),
        gauge(Meaning.WAITING, "tgi_queue_size", "requests"),
        counter(Meaning.FINISHED, "tgi_request_success", "requests"),
        counter(Meaning.PROMPT_TOKENS, "tgi_request_input_length_sum", "tokens"),
        counter(Meaning.OUTPUT_TOKENS, "tgi_request_generated_tokens_sum", "tokens"),
        *sum_and_count(Meaning.LATENCY_SUM, Meaning.LATENCY_COUNT, "tgi_request_duration"),
        *sum_and_count(Meaning.QUEUE_SUM, Meaning.QUEUE_COUNT, "tgi_request_queue_duration"),
        counter(Meaning.ACCEPTED_TOKENS, "tgi_request_skipped_tokens_sum", "tokens"),
    ),
)
