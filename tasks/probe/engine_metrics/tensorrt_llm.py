"""Metrics of TensorRT-LLM's `trtllm-serve`: at `/prometheus/metrics`, with `return_perf_metrics: true`.

Version 1.1 reports requests and times only; tokens, queue gauges (with `enable_iter_perf_stats`) and
speculative decoding came later. The table omits cache counters in blocks, because prompts are compared by
tokens, and `spec_decode_acceptance_length`, whose definition is not documented.
"""

from __future__ import annotations

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, counter, gauge, sum_and_count

TENSORRT_LLM = EngineMetrics(
    engine="TensorRT-LLM",
    metrics=(
        gauge(Meaning.RUNNING, "trtllm_num_requests_running", "requests"),
        gauge(Meaning.WAITING, "trtllm_num_requests_waiting", "requests"),
        gauge(Meaning.KV_CACHE_USE, "trtllm_kv_cache_utilization", "share", combine="highest"),
        counter(Meaning.FINISHED, "trtllm_request_success_total", "requests"),
        counter(Meaning.PROMPT_TOKENS, "trtllm_prompt_tokens_total", "tokens"),
        counter(Meaning.OUTPUT_TOKENS, "trtllm_generation_tokens_total", "tokens"),
        counter(Meaning.CACHE_HITS, "trtllm_prompt_cached_tokens_total", "tokens"),
        *sum_and_count(Meaning.TTFT_SUM, Meaning.TTFT_COUNT, "trtllm_time_to_first_token_seconds"),
        *sum_and_count(Meaning.TPOT_SUM, Meaning.TPOT_COUNT, "trtllm_time_per_output_token_seconds"),
        counter(Meaning.DECODE_SUM, "trtllm_request_decode_time_seconds_sum", "s"),
        *sum_and_count(Meaning.LATENCY_SUM, Meaning.LATENCY_COUNT, "trtllm_e2e_request_latency_seconds"),
        *sum_and_count(Meaning.QUEUE_SUM, Meaning.QUEUE_COUNT, "trtllm_request_queue_time_seconds"),
        counter(Meaning.ACCEPTED_TOKENS, "trtllm_spec_decode_num_accepted_tokens_total", "tokens"),
        counter(Meaning.DRAFTED_TOKENS, "trtllm_spec_decode_num_draft_tokens_total", "tokens"),
    ),
)
