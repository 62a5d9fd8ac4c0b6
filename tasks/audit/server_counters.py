"""Checks of the server's own counters: it stayed, it was alone with us, its caches were cold."""

from __future__ import annotations

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_counted, total, unchecked

CACHE_HIT_LIMIT = 0.01
"""Prompts share nothing but what is known; more hits than this mean that some were repeated."""


def metrics(evidence: Evidence) -> Finding:
    """Without the server's counters the client's word stands alone."""
    if evidence.before is not None and evidence.after is not None:
        return Finding(verdict="valid", sentence="the server's counters were read before and after")
    what = "the server has no /metrics like vLLM's"
    if evidence.before or evidence.after:
        what = f"the server's /metrics could not be read {'after' if evidence.before else 'before'} the point"
    return Finding(verdict="unchecked", sentence=f"{what}: figures are the client's alone", noted=True)


def restart(evidence: Evidence) -> Finding:
    """A server that was restarted in between answered with cold caches and other counters."""
    if evidence.restarted:
        text = (
            "the server's counters went back, or its start time changed: "
            "it was restarted meanwhile, or several servers answer there in turn"
        )
        return Finding(verdict="invalid", sentence=text)
    if evidence.before is None or evidence.after is None:
        return not_counted("whether it was restarted")
    return Finding(verdict="valid", sentence="the server's counters only grew")


def requests_counted(evidence: Evidence) -> Finding:
    """As many as the client sent."""
    return _same(evidence, "requests", "request_success_total", len(evidence.succeeded))


def output_counted(evidence: Evidence) -> Finding:
    """The sum of what the answers claimed."""
    claimed = total(row.output_tokens for row in evidence.succeeded)
    return _same(evidence, "output tokens", "generation_tokens_total", claimed)


def input_counted(evidence: Evidence) -> Finding:
    """The sum of what the answers claimed."""
    claimed = total(row.input_tokens for row in evidence.succeeded)
    return _same(evidence, "input tokens", "prompt_tokens_total", claimed)


def prefix_cache(evidence: Evidence) -> Finding:
    """Prompts answered from the prefix cache cost no prefill, so TTFT and throughput flatter."""
    hits, asked = evidence.counted("prefix_cache_hits_total"), evidence.counted("prefix_cache_queries_total")
    if hits is not None:  # and what another server's cache gave
        hits += evidence.counted("external_prefix_cache_hits_total") or 0.0
    if hits is None and any(row.cached_tokens is not None for row in evidence.succeeded):
        hits = total(row.cached_tokens for row in evidence.succeeded)
        asked = total(row.input_tokens for row in evidence.succeeded)
    if asked is None or hits is None:
        return not_counted("what came from the prefix cache")
    if not asked:
        return Finding(verdict="valid", sentence="no prompt was looked up in a prefix cache", value=0.0)
    share, shared = hits / asked, _shared(evidence)
    expected = f", {shared:.1%} may be shared" if shared else ""
    return at_most(
        CACHE_HIT_LIMIT + shared,
        share,
        "invalid",
        f"{share:.1%} of the prompt tokens came from the prefix cache{expected}: prompts were repeated",
        f"{share:.1%} of the prompt tokens came from the prefix cache{expected}",
    )


def preemptions(evidence: Evidence) -> Finding:
    """A preempted request is computed twice: the load is beyond the KV cache."""
    preempted = evidence.counted("num_preemptions_total")
    if preempted is None:
        return not_counted("preemptions")
    sentence = f"the server preempted {preempted:.0f} requests"
    return at_most(0, preempted, "suspect", f"{sentence}: its KV cache is full", sentence)


def _same(evidence: Evidence, what: str, counter: str, client: float) -> Finding:
    """The server's own counter must agree with the client's; `limit` holds the client's."""
    if evidence.result.failed or len(evidence.succeeded) < len(evidence.rows):
        return unchecked("requests failed, and what the server counted of those is not known")
    server = evidence.counted(counter)
    if server is None:
        return not_counted(f"how many {what} it saw")
    same = server == client
    doubt = "" if same else ": was it alone there?"
    return Finding(
        verdict="valid" if same else "invalid",
        sentence=f"the server counted {server:.0f} {what}, the client {client:.0f}{doubt}",
        value=server,
        limit=client,
    )


def _shared(evidence: Evidence) -> float:
    """The share of the prompt tokens that prompts rightly have in common: a prefix, a chat's template.

    A template's length is what a random prompt is longer than asked for; of questions it is not known, but
    below the shortest prompt.
    """
    sweep = evidence.sweep
    lengths = [row.input_tokens for row in evidence.succeeded if row.input_tokens]
    if not lengths or (sweep.endpoint == "completions" and sweep.dataset != "random"):
        return 0.0
    mean = sum(lengths) / len(lengths)
    shared = mean - sweep.input_tokens if sweep.dataset == "random" else min(lengths)
    return max(0.0, shared) / mean
