"""The checks of a point, one question each; a check with nothing to say returns None."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import hypot, sqrt
from statistics import fmean, median, stdev

from tasks.audit.evidence import Evidence, Finding
from tasks.measure.pulse import CPU, LAG

CACHE_HIT_LIMIT = 0.01
"""Random prompts share nothing; more hits than this mean that prompts were repeated."""
CLIENT_DELAY_LIMIT_S = 0.010
"""The limit that inference-perf sets for a load generator's own delay, here for the mean."""
WAVES = 5
"""Below this many requests a slot, the first burst of prefills makes up much of the sample."""
HIDDEN_TOKENS = 4
"""On chat a server generates these before the first text: gpt-oss names a channel in three or four."""
TTFT_SLACK_S, TTFT_SLACK_SHARE = 0.010, 0.25
"""How far the client's mean TTFT may stand above the server's own: network, HTTP and tokenizing."""
TPOT_SLACK_S, TPOT_SLACK_SHARE = 0.0005, 0.05
"""How far the two may differ in TPOT: the server counts steps of its engine, the client arrivals."""
TOKENS_A_CHUNK = 1.5
CLIENT_CPU_LIMIT = 0.9
CLIENT_LAG_LIMIT_S, CLIENT_STALL_S = 0.020, 0.100
STEADY_NEEDS, STEADY_SHARE = 40, 0.10
"""So many requests after the first wave, and a change of latency that is none of the noise."""


def all_succeeded(evidence: Evidence) -> Finding | None:
    """Figures of the requests that came back say nothing about those that did not."""
    result = evidence.result
    if not result.failed:
        return None
    first = f": {result.first_error}" if result.first_error else ""
    return Finding(level="broken", sentence=f"{result.failed} of {result.requests} requests failed{first}")


def server_stayed(evidence: Evidence) -> Finding | None:
    """A server that was restarted in between answered with cold caches and other counters."""
    if not evidence.restarted:
        return None
    return Finding(level="broken", sentence="the server's counters went back: it was restarted meanwhile")


def output_exact(evidence: Evidence) -> Finding | None:
    """A sweep of fixed length compares nothing when lengths differ."""
    exact = evidence.sweep.exact_output_tokens
    wrong = [row for row in evidence.succeeded if exact is not None and row.output_tokens != exact]
    if not wrong:
        return None
    sentence = (
        f"{len(wrong)} answers have other than {exact} output tokens (the first has {wrong[0].output_tokens})"
    )
    return Finding(level="broken", sentence=sentence)


def input_exact(evidence: Evidence) -> Finding | None:
    """Random prompts are made to length; on chat the template adds its own tokens."""
    sweep = evidence.sweep
    if sweep.dataset != "random" or sweep.endpoint != "completions":
        return None
    asked = sweep.input_tokens + sweep.prefix_tokens
    wrong = [row for row in evidence.succeeded if row.input_tokens is not None and row.input_tokens != asked]
    if not wrong:
        return None
    sentence = (
        f"{len(wrong)} prompts have other than {asked} input tokens (the first has {wrong[0].input_tokens})"
    )
    return Finding(level="suspect", sentence=sentence)


def counted_by_both(evidence: Evidence) -> Finding | None:
    """The server's own counters must agree with the sum of what its answers claimed."""
    if evidence.restarted or evidence.result.failed:
        return None
    pairs = (
        ("requests", "request_success_total", float(len(evidence.succeeded))),
        ("output tokens", "generation_tokens_total", _sum(row.output_tokens for row in evidence.succeeded)),
        ("input tokens", "prompt_tokens_total", _sum(row.input_tokens for row in evidence.succeeded)),
    )
    for what, counter, client in pairs:
        server = evidence.counted(counter)
        if server is not None and server != client:
            sentence = f"the server counted {server:.0f} {what}, the client {client:.0f}: was it alone there?"
            return Finding(level="broken", sentence=sentence)
    return None


def cache_cold(evidence: Evidence) -> Finding | None:
    """Prompts answered from the prefix cache cost no prefill, so TTFT and throughput flatter."""
    hits, asked = evidence.counted("prefix_cache_hits_total"), evidence.counted("prefix_cache_queries_total")
    if evidence.sweep.dataset != "random" or evidence.sweep.prefix_tokens or not asked or hits is None:
        return None
    share = hits / asked
    if share <= CACHE_HIT_LIMIT:
        return None
    sentence = f"{share:.1%} of the prompt tokens came from the prefix cache, though prompts are random"
    return Finding(level="broken", sentence=sentence)


def no_preemption(evidence: Evidence) -> Finding | None:
    """A preempted request is computed twice: the load is beyond the KV cache."""
    if not (preempted := evidence.counted("num_preemptions_total") or 0) > 0:
        return None
    return Finding(
        level="suspect", sentence=f"the server preempted {preempted:.0f} requests: its KV cache is full"
    )


def client_prompt(evidence: Evidence) -> Finding | None:
    """A client that sends late measures itself."""
    delays = [
        row.client_delay_s for row in evidence.rows if row.client_delay_s is not None and not row.warmup
    ]
    if not delays or (mean := fmean(delays)) <= CLIENT_DELAY_LIMIT_S:
        return None
    return Finding(
        level="suspect", sentence=f"the client took {mean * 1000:.1f} ms on average to send a request"
    )


def ttft_agrees(evidence: Evidence) -> Finding | None:
    """The client's mean TTFT, warm-up included, against the server's histogram of the same requests."""
    total, count = (
        evidence.counted("time_to_first_token_seconds_sum"),
        evidence.counted("time_to_first_token_seconds_count"),
    )
    seen = [row.ttft_s for row in evidence.succeeded if row.ttft_s is not None]
    if not seen or not count or total is None or count < 0:
        return None
    client, server = fmean(seen), total / count
    hidden = HIDDEN_TOKENS * (evidence.result.tpot.mean or 0.0) if evidence.sweep.endpoint == "chat" else 0.0
    if client - server <= TTFT_SLACK_S + TTFT_SLACK_SHARE * server + hidden:
        return None
    sentence = f"mean TTFT is {client * 1000:.1f} ms at the client but {server * 1000:.1f} ms at the server"
    return Finding(level="suspect", sentence=sentence)


def tpot_agrees(evidence: Evidence) -> Finding | None:
    """The client's time between tokens against the server's histogram of the same tokens."""
    total, count = (
        evidence.counted("inter_token_latency_seconds_sum"),
        evidence.counted("inter_token_latency_seconds_count"),
    )
    seen = [
        (row.tpot_s, (row.output_tokens or 1) - 1) for row in evidence.succeeded if row.tpot_s is not None
    ]
    if not seen or not total or not count or count < 0:
        return None
    client, server = sum(tpot * gaps for tpot, gaps in seen) / sum(gaps for _, gaps in seen), total / count
    if abs(client - server) <= TPOT_SLACK_S + TPOT_SLACK_SHARE * server:
        return None
    sentence = f"mean TPOT is {client * 1000:.2f} ms at the client but {server * 1000:.2f} ms at the server"
    return Finding(level="suspect", sentence=sentence)


def tokens_seen_apart(evidence: Evidence) -> Finding | None:
    """An answer in one piece shows neither its first token nor the time between tokens."""
    long = [row for row in evidence.good if (row.output_tokens or 0) > 1]
    if whole := [row for row in long if row.tpot_s is None]:
        sentence = f"{len(whole)} answers came in one piece: their TPOT cannot be seen, nor their first token"
        return Finding(level="suspect", sentence=sentence)
    chunks = sum(len(row.itl_s) + 1 for row in long)
    if not chunks or (size := sum(row.output_tokens or 0 for row in long) / chunks) < TOKENS_A_CHUNK:
        return None
    return Finding(level="note", sentence=f"a chunk holds {size:.1f} tokens on average, and ITL is per chunk")


def usage_plausible(evidence: Evidence) -> Finding | None:
    """An answer cannot come in more pieces than it has tokens."""
    lying = [row for row in evidence.succeeded if len(row.itl_s) + 1 > max(1, row.output_tokens or 0)]
    if not lying:
        return None
    first = lying[0]
    sentence = (
        f"{len(lying)} answers came in more pieces than they claim tokens"
        f" (the first: {len(first.itl_s) + 1} and {first.output_tokens})"
    )
    return Finding(level="broken", sentence=sentence)


def client_awake(evidence: Evidence) -> Finding | None:
    """A load process without processor time to spare notes everything late."""
    busiest, lags = max(evidence.client(CPU), default=0.0), sorted(evidence.client(LAG))
    if busiest > CLIENT_CPU_LIMIT:
        sentence = f"a load process used {busiest:.0%} of a processor: give the sweep more `clients`"
        return Finding(level="suspect", sentence=sentence)
    if lags and (usual := median(lags)) > CLIENT_LAG_LIMIT_S:
        sentence = f"the client's clock came {usual * 1000:.0f} ms late in a usual second"
        return Finding(level="suspect", sentence=sentence)
    if lags and lags[-1] > CLIENT_STALL_S:
        return Finding(level="note", sentence=f"the client stood still once, for {lags[-1] * 1000:.0f} ms")
    return None


def steady(evidence: Evidence) -> Finding | None:
    """Whether the later half of the requests fared as the earlier one, the first wave left out."""
    skipped = evidence.result.concurrency or 0
    rows = sorted(evidence.good, key=lambda row: row.sent_at)[skipped:]
    times = [row.latency_s for row in rows if row.latency_s is not None]
    exact = evidence.sweep.exact_output_tokens is not None
    if len(times) < STEADY_NEEDS or not exact:
        return None
    early, late = times[: len(times) // 2], times[len(times) // 2 :]
    change = fmean(late) / fmean(early) - 1
    noise = hypot(stdev(early), stdev(late)) / sqrt(len(early)) / fmean(early)
    if abs(change) <= max(STEADY_SHARE, 3 * noise):
        return None
    sentence = f"latency drifted by {change:+.0%} from the first half of the requests to the second"
    return Finding(level="suspect", sentence=sentence)


def enough_waves(evidence: Evidence) -> Finding | None:
    """Said, not judged: the original recipe has two waves at its highest load."""
    concurrency = evidence.result.concurrency
    if concurrency is None or concurrency == 1 or (waves := evidence.result.requests / concurrency) >= WAVES:
        return None
    return Finding(
        level="note", sentence=f"{waves:g} waves: the first burst weighs heavily, {WAVES} or more are better"
    )


def metrics_there(evidence: Evidence) -> Finding | None:
    """Without the server's counters the client's word stands alone."""
    if evidence.before is not None and evidence.after is not None:
        return None
    return Finding(level="note", sentence="the server has no /metrics: figures are the client's alone")


CHECKS: tuple[Callable[[Evidence], Finding | None], ...] = (
    all_succeeded,
    server_stayed,
    output_exact,
    input_exact,
    usage_plausible,
    counted_by_both,
    cache_cold,
    no_preemption,
    client_prompt,
    client_awake,
    ttft_agrees,
    tpot_agrees,
    tokens_seen_apart,
    steady,
    enough_waves,
    metrics_there,
)


def _sum(values: Iterable[int | None]) -> float:
    return float(sum(value or 0 for value in values))
