"""Metrics of llama.cpp's server, which it reports with `--metrics`.

The server counts tokens when a request ends; it does not count requests. `prompt_tokens_total` excludes
cached tokens. Versions before 2026 count neither cached nor drafted tokens. The table omits the rates
`prompt_tokens_seconds` and `predicted_tokens_seconds`, and also `prompt_seconds_total`, which excludes queue
time and so is not TTFT.
"""

from __future__ import annotations

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics, counter, gauge

LLAMACPP = EngineMetrics(
    engine="llama.cpp",
    metrics=(
        gauge(Meaning.RUNNING, "llamacpp:requests_processing", "requests"),
        gauge(Meaning.WAITING, "llamacpp:requests_deferred", "requests"),
        gauge(
            Meaning.KV_CACHE_USE, "llamacpp:kv_cache_usage_ratio", "share", combine="highest"
        ),  # until 2025
        counter(Meaning.COMPUTED_PROMPT_TOKENS, "llamacpp:prompt_tokens_total", "tokens"),
        counter(Meaning.CACHE_HITS, "llamacpp:prompt_tokens_cached_total", "tokens"),
        counter(Meaning.OUTPUT_TOKENS, "llamacpp:tokens_predicted_total", "tokens"),
        counter(Meaning.DECODE_SUM, "llamacpp:tokens_predicted_seconds_total", "s"),
        counter(Meaning.DRAFTED_TOKENS, "llamacpp:spec_decode_num_draft_tokens_total", "tokens"),
        counter(Meaning.ACCEPTED_TOKENS, "llamacpp:spec_decode_num_accepted_tokens_total", "tokens"),
        counter(Meaning.DRAFTS, "llamacpp:spec_decode_num_drafts_total", "drafts"),
    ),
)
