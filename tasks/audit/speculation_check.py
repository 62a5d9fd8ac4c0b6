"""The check of speculative decoding: drafts for random tokens have another acceptance rate than real text."""

from __future__ import annotations

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, not_in_metrics
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.speculation import REPORTED, Speculation, speculation_in


def speculation(evidence: Evidence) -> Finding:
    """Check that no engine drafts for random prompts. `value`: the acceptance rate, if known."""
    table = evidence.history.table
    if table is None:
        return not_in_metrics(Meaning.DRAFTED_TOKENS)
    if not any(table.has(meaning) for meaning in REPORTED):
        return not_in_metrics(Meaning.DRAFTED_TOKENS, table.engine)
    newest = evidence.history.pages[-1]
    is_shown = any(newest.value(meaning) is not None for meaning in REPORTED)
    if not is_shown and not table.shows_all_drafting:
        return not_in_metrics(Meaning.DRAFTED_TOKENS)
    drafting = speculation_in(evidence.history)
    if drafting is None:
        return Finding(verdict="valid", sentence="the server's metrics show no drafted tokens")
    sentence = f"the server drafted tokens{_figures(drafting)}"
    random = any(kind.has_random_prompts for kind in evidence.sweep.kinds)
    if random:
        sentence += ": prompts are random tokens, and acceptance is not that of real text"
    return Finding(
        verdict="suspect" if random else "valid", sentence=sentence, value=drafting.acceptance_rate
    )


def _figures(drafting: Speculation) -> str:
    """Return the known figures in brackets."""
    parts = []
    if drafting.acceptance_rate is not None:
        parts.append(f"{drafting.acceptance_rate:.0%} accepted")
    if drafting.accepted_length is not None:
        parts.append(f"{drafting.accepted_length:.2f} tokens a draft")
    return f" ({', '.join(parts)})" if parts else ""
