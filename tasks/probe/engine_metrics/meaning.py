"""What a metric of a server means, whichever engine reports it."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """The meanings that the audit, the figures and the report know. Times are seconds, shares 0 to 1.

    The value completes a sentence such as `SGLang does not report …`.
    """

    RUNNING = "running requests"
    WAITING = "waiting requests"
    KV_CACHE_USE = "its KV-cache use"
    FINISHED = "how many requests it served"
    PROMPT_TOKENS = "how many input tokens it served"
    """Tokens of all prompts, those found in a prefix cache included."""
    COMPUTED_PROMPT_TOKENS = "how many prompt tokens it computed"
    """Tokens of all prompts without those found in a prefix cache."""
    OUTPUT_TOKENS = "how many output tokens it served"
    CACHE_QUERIES = "prefix cache queries"
    """Prompt tokens that were looked up in a prefix cache."""
    CACHE_HITS = "prefix cache hits"
    """Prompt tokens that were found in a prefix cache."""
    PREEMPTIONS = "preemptions"
    REJECTIONS = "whether it rejected requests"
    TTFT_SUM = "its TTFT"
    TTFT_COUNT = "how many first tokens it served"
    DECODE_SUM = "its TPOT"
    """Seconds from the first token to the last one, summed over requests."""
    ITL_COUNT = "how many inter-token latencies it observed"
    TPOT_SUM = "the TPOT of each request"
    """The TPOT of each request, summed over requests: every request weighs the same."""
    TPOT_COUNT = "how many TPOTs it observed"
    LATENCY_SUM = "its end-to-end latency"
    LATENCY_COUNT = "how many latencies it observed"
    QUEUE_SUM = "its queue time"
    QUEUE_COUNT = "how many queue times it observed"
    ACCEPTED_TOKENS = "accepted draft tokens"
    DRAFTED_TOKENS = "drafted tokens"
    DRAFTS = "drafts"
    """Steps of the model that verified drafted tokens, counted once for each request in the step."""
    ACCEPTANCE_RATE = "its acceptance rate"
    """Accepted over drafted tokens of the newest interval."""
    ACCEPTED_LENGTH = "its accepted length"
    """Tokens that a draft yields, the model's own token included, in the newest interval."""
