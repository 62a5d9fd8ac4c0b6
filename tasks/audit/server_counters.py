"""Checks of the server's counters: no restart, no other clients, no repeated prompts."""

from __future__ import annotations

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_in_metrics, number_of, total, unchecked

CACHE_HIT_LIMIT = 0.01
"""Share of prompt tokens, beyond what prompts are known to share, that may be found in the prefix cache."""


def metrics(evidence: Evidence) -> Finding:
    """Without the server's counters nothing confirms the load generator's figures."""
    if evidence.before is not None and evidence.after is not None:
        return Finding(verdict="valid", sentence="the server's counters were read before and after the point")
    problem = "the server has no /metrics with vLLM's counters"
    if evidence.before or evidence.after:
        missing = "after" if evidence.before else "before"
        problem = f"the server's /metrics could not be read {missing} the point"
    sentence = f"{problem}: nothing confirms the load generator's figures"
    return Finding(verdict="unchecked", sentence=sentence, noted=True)


def restart(evidence: Evidence) -> Finding:
    """A server that restarted during the point answered with empty caches and new counters."""
    if evidence.restarted:
        sentence = (
            "the server's counters decreased or its start time changed: "
            "it was restarted during the point, or several servers share its address"
        )
        return Finding(verdict="invalid", sentence=sentence)
    if evidence.before is None or evidence.after is None:
        return not_in_metrics("whether it was restarted")
    return Finding(verdict="valid", sentence="the server's counters never decreased")


def requests_counted(evidence: Evidence) -> Finding:
    """The server counted as many requests as were sent."""
    sent = len(evidence.succeeded)
    return _same_count(evidence, "requests", "request_success_total", sent)


def output_counted(evidence: Evidence) -> Finding:
    """The server counted as many output tokens as its answers reported."""
    reported = total(row.output_tokens for row in evidence.succeeded)
    return _same_count(evidence, "output tokens", "generation_tokens_total", reported)


def input_counted(evidence: Evidence) -> Finding:
    """The server counted as many prompt tokens as its answers reported."""
    reported = total(row.input_tokens for row in evidence.succeeded)
    return _same_count(evidence, "input tokens", "prompt_tokens_total", reported)


def prefix_cache(evidence: Evidence) -> Finding:
    """Cache hits beyond what prompts share: they skip prefill, which makes TTFT and throughput too good."""
    counts = _hits_and_queries(evidence)
    if counts is None:
        return not_in_metrics("prefix cache hits")
    hits, queries = counts
    if not queries:
        return Finding(verdict="valid", sentence="no prompt was looked up in a prefix cache", value=0.0)
    share, shared = hits / queries, _shared_share(evidence)
    expected = f" (prompts may share {shared:.1%})" if shared else ""
    sentence = f"{share:.1%} of the prompt tokens came from the prefix cache{expected}"
    repeated = f"{sentence}: prompts were repeated"
    return at_most(CACHE_HIT_LIMIT + shared, share, "invalid", repeated, sentence)


def preemptions(evidence: Evidence) -> Finding:
    """Preempted requests are computed twice: the load exceeds the KV cache."""
    preempted = evidence.counter_increase("num_preemptions_total")
    if preempted is None:
        return not_in_metrics("preemptions")
    sentence = f"the server preempted {number_of(preempted, 'request')}"
    return at_most(0, preempted, "suspect", f"{sentence}: its KV cache is full", sentence)


def _same_count(evidence: Evidence, what: str, counter: str, expected: float) -> Finding:
    """Whether a counter grew by exactly the load generator's own count, which is the finding's `limit`."""
    if evidence.result.failed or len(evidence.succeeded) < len(evidence.rows):
        return unchecked("requests failed, and how the server counted them is unknown")
    counted = evidence.counter_increase(counter)
    if counted is None:
        return not_in_metrics(f"how many {what} it served")
    same = counted == expected
    suspicion = "" if same else ": other clients may have used the server"
    return Finding(
        verdict="valid" if same else "invalid",
        sentence=f"the server counted {counted:.0f} {what}, the load generator {expected:.0f}{suspicion}",
        value=counted,
        limit=expected,
    )


def _hits_and_queries(evidence: Evidence) -> tuple[float, float] | None:
    """Prompt tokens that a prefix cache had, and all that were looked up: by counters, else by `usage`."""
    hits = evidence.counter_increase("prefix_cache_hits_total")
    queries = evidence.counter_increase("prefix_cache_queries_total")
    if hits is not None:
        hits += evidence.counter_increase("external_prefix_cache_hits_total") or 0.0
    elif any(row.cached_tokens is not None for row in evidence.succeeded):
        hits = total(row.cached_tokens for row in evidence.succeeded)
        queries = total(row.input_tokens for row in evidence.succeeded)
    return None if hits is None or queries is None else (hits, queries)


def _shared_share(evidence: Evidence) -> float:
    """The share of the prompt tokens that prompts may have in common: a prefix, a chat template.

    A random prompt is longer than requested by the template's length. For questions the template's length
    is unknown, but it is below the shortest prompt.
    """
    sweep = evidence.sweep
    lengths = [row.input_tokens for row in evidence.succeeded if row.input_tokens]
    if not lengths or (sweep.endpoint == "completions" and sweep.dataset != "random"):
        return 0.0
    mean = sum(lengths) / len(lengths)
    shared = mean - sweep.input_tokens if sweep.dataset == "random" else min(lengths)
    return max(0.0, shared) / mean
