"""Checks of the server's counters: no restart, no other clients, no repeated prompts."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_in_metrics, number_of, total, unchecked
from tasks.config.sweep import Sweep
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metrics_registry import engine_names

MISS_LIMIT = 0.05
"""The share of prompt tokens, shared on purpose, that the cache may miss: it holds whole blocks of tokens."""
CACHE_HIT_LIMIT = 0.01
"""The share of prompt tokens that may come from the prefix cache, in addition to known shared prefixes."""


def metrics(evidence: Evidence) -> Finding:
    """Check that the server's counters were read before and after the point.

    Without them, nothing confirms the load generator's figures.
    """
    if evidence.before is not None and evidence.after is not None:
        table = evidence.history.table
        engine = f" ({table.engine})" if table else ""
        sentence = f"the server's counters{engine} were read before and after the point"
        return Finding(verdict="valid", sentence=sentence)
    problem = f"the server has no /metrics with the counters of a known engine ({engine_names()})"
    if evidence.before or evidence.after:
        missing = "after" if evidence.before else "before"
        problem = f"the server's /metrics could not be read {missing} the point"
    sentence = f"{problem}: nothing confirms the load generator's figures"
    return Finding(verdict="unchecked", sentence=sentence, noted=True)


def restart(evidence: Evidence) -> Finding:
    """Check that the server did not restart during the point, which empties caches and resets counters."""
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
    """Check that the server counted as many requests as the load generator sent."""
    sent = len(evidence.succeeded)
    return _same_count(evidence, "requests", Meaning.FINISHED, sent)


def output_counted(evidence: Evidence) -> Finding:
    """Check that the server counted as many output tokens as its answers reported."""
    if any(row.output_tokens is None for row in evidence.succeeded):
        return unchecked("answers do not report their output tokens")
    reported = total(row.output_tokens for row in evidence.succeeded)
    return _same_count(evidence, "output tokens", Meaning.OUTPUT_TOKENS, reported)


def input_counted(evidence: Evidence) -> Finding:
    """Check that the server counted as many prompt tokens as its answers reported.

    If the engine counts only computed prompt tokens, compare with the reported tokens that were not cached.
    """
    if any(row.input_tokens is None for row in evidence.succeeded):
        return unchecked("answers do not report their prompt tokens")
    reported = total(row.input_tokens for row in evidence.succeeded)
    computes = evidence.counter_increase(Meaning.COMPUTED_PROMPT_TOKENS) is not None
    if evidence.counter_increase(Meaning.PROMPT_TOKENS) is not None or not computes:
        return _same_count(evidence, "input tokens", Meaning.PROMPT_TOKENS, reported)
    cached = evidence.counter_increase(Meaning.CACHE_HITS)
    if cached is None and any(row.cached_tokens is None for row in evidence.succeeded):
        return unchecked(
            "the server counts only input tokens it computed, and answers do not say how many were cached"
        )
    if cached is None:
        cached = total(row.cached_tokens for row in evidence.succeeded)
    return _same_count(evidence, "computed input tokens", Meaning.COMPUTED_PROMPT_TOKENS, reported - cached)


def prefix_cache(evidence: Evidence) -> Finding:
    """Check that the prefix cache hit as many tokens as the prompts share: no more and, if planned, no fewer.

    Cache hits skip prefill. Hits that were not planned make TTFT and throughput look too good.
    """
    counts = _hits_and_queries(evidence)
    if counts is None:
        return not_in_metrics(Meaning.CACHE_HITS, evidence.engine_without(Meaning.CACHE_HITS))
    hits, queries = counts
    planned = _planned_share(evidence)
    if not queries:
        missed = f", though prompts share {planned:.1%} of their tokens" if planned else ""
        sentence = f"no prompt was looked up in a prefix cache{missed}"
        return Finding(verdict="suspect" if planned else "valid", sentence=sentence, value=0.0)
    share, shared = hits / queries, _shared_share(evidence)
    expected = f" (prompts may share {shared:.1%})" if shared else ""
    sentence = f"{share:.1%} of the prompt tokens came from the prefix cache{expected}"
    lowest = planned - MISS_LIMIT - _first_wave_share(evidence)
    if share < lowest:
        missed = f"{sentence}: it missed tokens that prompts share on purpose"
        return Finding(verdict="suspect", sentence=missed, value=share, limit=lowest)
    repeated = f"{sentence}: prompts were repeated"
    return at_most(CACHE_HIT_LIMIT + shared, share, "invalid", repeated, sentence)


def preemptions(evidence: Evidence) -> Finding:
    """Check that the server preempted no request.

    The server computes a preempted request again; it preempts when the load exceeds the KV cache.
    """
    preempted = evidence.counter_increase(Meaning.PREEMPTIONS)
    if preempted is None:
        return not_in_metrics(Meaning.PREEMPTIONS, evidence.engine_without(Meaning.PREEMPTIONS))
    sentence = f"the server preempted {number_of(preempted, 'request')}"
    return at_most(0, preempted, "suspect", f"{sentence}: its KV cache is full", sentence)


def _same_count(evidence: Evidence, what: str, meaning: Meaning, expected: float) -> Finding:
    """Check that a counter grew by exactly the load generator's count, the `limit` of the finding."""
    if evidence.abandoned:
        return unchecked("requests were abandoned, and how the server counted them is unknown")
    if evidence.result.failed or len(evidence.succeeded) < len(evidence.rows):
        return unchecked("requests failed, and how the server counted them is unknown")
    counted = evidence.counter_increase(meaning)
    if counted is None:
        return not_in_metrics(meaning, evidence.engine_without(meaning))
    same = counted == expected
    suspicion = "" if same else ": other clients may have used the server"
    return Finding(
        verdict="valid" if same else "invalid",
        sentence=f"the server counted {counted:.0f} {what}, the load generator {expected:.0f}{suspicion}",
        value=counted,
        limit=expected,
    )


def _hits_and_queries(evidence: Evidence) -> tuple[float, float] | None:
    """Return the prompt tokens that hit the prefix cache, and the prompt tokens that were looked up.

    They come from the server's counters, or from `usage` if the server has no counter of hits. If the engine
    counts hits but no lookups, all prompt tokens count as looked up: the computed and the cached ones.
    """
    hits = evidence.counter_increase(Meaning.CACHE_HITS)
    queries = evidence.counter_increase(Meaning.CACHE_QUERIES)
    if queries is None:
        queries = evidence.counter_increase(Meaning.PROMPT_TOKENS)
    computed = evidence.counter_increase(Meaning.COMPUTED_PROMPT_TOKENS)
    if queries is None and hits is not None and computed is not None:
        queries = computed + hits
    if hits is None and any(row.cached_tokens is not None for row in evidence.succeeded):
        hits = total(row.cached_tokens for row in evidence.succeeded)
        queries = total(row.input_tokens for row in evidence.succeeded)
    return None if hits is None or queries is None else (hits, queries)


def _planned_share(evidence: Evidence) -> float:
    """Return the share of the prompt tokens that a prefix cache without limit would have hit.

    The history of a conversation does not count: whether its tokens are hit is what is measured.
    """
    tokens = total(map(_prompt_tokens, evidence.succeeded))
    shared = total(row.planned_shared_tokens for row in evidence.succeeded if not row.history_tokens)
    return shared / tokens if tokens else 0.0


def _first_wave_share(evidence: Evidence) -> float:
    """Return the share of the prompt tokens that may miss because the first requests start at once."""
    rows = sorted(evidence.succeeded, key=lambda row: row.sent_at)
    tokens = total(map(_prompt_tokens, rows))
    first = rows[: evidence.result.load.slots]
    shared = total(row.planned_shared_tokens for row in first if not row.history_tokens)
    return shared / tokens if tokens else 0.0


def _prompt_tokens(row: RequestRow) -> int | None:
    """Return the planned length of a prompt; for a question, the length that the server reports."""
    return row.input_tokens if row.planned_input_tokens is None else row.planned_input_tokens


def _shared_share(evidence: Evidence) -> float:
    """Return the share of the prompt tokens that prompts may have in common: a prefix and a chat template."""
    tokens = total(row.input_tokens for row in evidence.succeeded)
    shared = sum(_shared_tokens(kind, rows) for kind, rows in evidence.succeeded_by_kind)
    return min(1.0, shared / tokens) if tokens else 0.0


def _shared_tokens(sweep: Sweep, succeeded: Sequence[RequestRow]) -> float:
    """Return the prompt tokens that the requests of one kind may have in common.

    A random prompt may be longer than planned by the template. For questions, the length of the template is
    unknown, but it is less than the shortest prompt.
    """
    rows = [row for row in succeeded if row.input_tokens]
    lengths = [row.input_tokens or 0 for row in rows]
    if not rows or (sweep.endpoint == "completions" and not sweep.has_random_prompts):
        return 0.0
    if not sweep.has_random_prompts:
        return min(sum(lengths), len(rows) * min(lengths) + sum(row.history_tokens or 0 for row in rows))
    own = sum((row.planned_input_tokens or 0) - (row.planned_shared_tokens or 0) for row in rows)
    return max(0.0, sum(lengths) - own)
