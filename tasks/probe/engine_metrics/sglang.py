"""SGLang's metrics, which it reports with `--enable-metrics`.

SGLang counts a request and its tokens when the request ends. The counters of cached tokens and of retractions
appear only after the first cached token or retraction. The table omits `cache_hit_rate` and `gen_throughput`,
which describe only the newest interval. No counters distinguish accepted from drafted tokens: the acceptance
rate is a gauge.
"""

from __future__ import annotations

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, counter, gauge, sum_and_count

SGLANG = EngineMetrics(
    engine="SGLang",
    # With --enable-metrics-for-all-schedulers every rank reports; only `dp_rank`s have different requests.
    copied_by=frozenset({"tp_rank", "pp_rank", "moe_ep_rank"}),
    metrics=(
        gauge(Meaning.RUNNING, "sglang:num_running_reqs", "requests"),
        gauge(Meaning.WAITING, "sglang:num_queue_reqs", "requests"),
        gauge(Meaning.KV_CACHE_USE, "sglang:token_usage", "share", combine="highest"),
        counter(Meaning.FINISHED, "sglang:num_requests_total", "requests"),
        counter(Meaning.PROMPT_TOKENS, "sglang:prompt_tokens_total", "tokens"),
        counter(Meaning.OUTPUT_TOKENS, "sglang:generation_tokens_total", "tokens"),
        counter(Meaning.CACHE_HITS, "sglang:cached_tokens_total", "tokens"),
        counter(Meaning.PREEMPTIONS, "sglang:num_retracted_requests_total", "requests"),
        *sum_and_count(Meaning.TTFT_SUM, Meaning.TTFT_COUNT, "sglang:time_to_first_token_seconds"),
        *sum_and_count(Meaning.DECODE_SUM, Meaning.ITL_COUNT, "sglang:inter_token_latency_seconds"),
        *sum_and_count(Meaning.LATENCY_SUM, Meaning.LATENCY_COUNT, "sglang:e2e_request_latency_seconds"),
        *sum_and_count(Meaning.QUEUE_SUM, Meaning.QUEUE_COUNT, "sglang:queue_time_seconds"),
        counter(Meaning.DRAFTS, "sglang:spec_verify_calls_total", "drafts"),
        gauge(Meaning.ACCEPTANCE_RATE, "sglang:spec_accept_rate", "share", combine="mean"),
        gauge(Meaning.ACCEPTED_LENGTH, "sglang:spec_accept_length", "tokens", combine="mean"),
    ),
)
