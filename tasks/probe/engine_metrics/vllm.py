"""vLLM's metrics: names of the V1 engine, and those before version 0.11.

The counters of speculative decoding appear only if it is enabled. A request with n > 1 counts as n finished
requests; sweeps send n = 1.
"""

from __future__ import annotations

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, counter, gauge, sum_and_count

VLLM = EngineMetrics(
    engine="vLLM",
    counts_each_step=True,
    shows_all_drafting=True,
    metrics=(
        gauge(Meaning.RUNNING, "vllm:num_requests_running", "requests"),
        gauge(Meaning.WAITING, "vllm:num_requests_waiting", "requests"),
        gauge(
            Meaning.KV_CACHE_USE,
            "vllm:kv_cache_usage_perc",
            "share",
            "vllm:gpu_cache_usage_perc",
            combine="highest",
        ),
        counter(Meaning.FINISHED, "vllm:request_success_total", "requests"),
        counter(Meaning.PROMPT_TOKENS, "vllm:prompt_tokens_total", "tokens"),
        counter(Meaning.OUTPUT_TOKENS, "vllm:generation_tokens_total", "tokens"),
        counter(
            Meaning.CACHE_QUERIES,
            "vllm:prefix_cache_queries_total",
            "tokens",
            "vllm:gpu_prefix_cache_queries_total",
        ),
        counter(
            Meaning.CACHE_HITS, "vllm:prefix_cache_hits_total", "tokens", "vllm:gpu_prefix_cache_hits_total"
        ),
        # The external cache is queried only after a miss in the engine's cache, so its queries are not added.
        counter(Meaning.CACHE_HITS, "vllm:external_prefix_cache_hits_total", "tokens"),
        counter(Meaning.PREEMPTIONS, "vllm:num_preemptions_total", "requests"),
        counter(Meaning.REJECTIONS, "vllm:admission_rejections_total", "requests"),
        *sum_and_count(Meaning.TTFT_SUM, Meaning.TTFT_COUNT, "vllm:time_to_first_token_seconds"),
        *sum_and_count(
            Meaning.DECODE_SUM,
            Meaning.ITL_COUNT,
            "vllm:inter_token_latency_seconds",
            "vllm:time_per_output_token_seconds",
        ),
        *sum_and_count(Meaning.LATENCY_SUM, Meaning.LATENCY_COUNT, "vllm:e2e_request_latency_seconds"),
        *sum_and_count(Meaning.QUEUE_SUM, Meaning.QUEUE_COUNT, "vllm:request_queue_time_seconds"),
        counter(Meaning.ACCEPTED_TOKENS, "vllm:spec_decode_num_accepted_tokens_total", "tokens"),
        counter(Meaning.DRAFTED_TOKENS, "vllm:spec_decode_num_draft_tokens_total", "tokens"),
        counter(Meaning.DRAFTS, "vllm:spec_decode_num_drafts_total", "drafts"),
    ),
)
