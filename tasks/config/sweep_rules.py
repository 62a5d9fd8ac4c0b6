"""What the fields of a sweep may say together."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from tasks.config.lengths import DEFAULT_TOKENS, Distribution
from tasks.config.load_kinds.trace import Trace
from tasks.config.mix import check_mix
from tasks.config.refusal import refuse
from tasks.config.search_rules import check_search_abandon, check_search_prefixes

if TYPE_CHECKING:
    from tasks.config.sweep import Sweep

GIVEN_BY_TRACE = (
    "input_tokens",
    "output_tokens",
    "lengths",
    "prefix_tokens",
    "prefixes",
    "cache_hit_share",
)
"""Fields that a sweep with a trace cannot set."""
NOT_IN_CONVERSATIONS = {
    "prefixes": "use `prefix_tokens` for what all conversations begin with",
    "cache_hit_share": "remove it: a turn shares its history with the turn before",
    "abandon": "remove it: the next turn needs the answer",
}
"""Fields that a sweep of conversations cannot set, each with a remedy."""


def check_lengths(sweep: Sweep) -> None:
    """Refuse lengths of prompts that have lengths of their own, and lengths that are given twice."""
    drawn = sweep.lengths is not None or isinstance(sweep.input_tokens, Distribution)
    if drawn and not sweep.has_random_prompts:
        raise refuse(
            f"the prompts of {sweep.dataset} have lengths of their own",
            "remove `lengths` and `input_tokens`, or set `dataset` to random",
        )
    if sweep.lengths and (sweep.input_tokens != DEFAULT_TOKENS or sweep.output_tokens is not None):
        raise refuse(
            "`lengths` gives the lengths of prompts and answers",
            "remove `input_tokens` and `output_tokens`, or `lengths`",
        )


def ignored_length(sweep: Sweep) -> str | None:
    """Return a warning if a sweep gives the length of prompts that have lengths of their own.

    It is not refused, so that `--set sweeps.0.dataset=openqa` alone makes questions of random prompts.
    """
    if sweep.mix or sweep.has_random_prompts or sweep.input_tokens == DEFAULT_TOKENS:
        return None
    return (
        f"sweep {sweep.name}: the prompts of {sweep.dataset} have lengths of their own, not "
        f"{sweep.input_tokens} tokens; remove `input_tokens`"
    )


def check_prefixes(sweep: Sweep) -> None:
    """Refuse two fields that say what prompts share, and prefixes of prompts that are not random."""
    shared = {
        "prefix_tokens": sweep.prefix_tokens,
        "prefixes": sweep.prefixes,
        "cache_hit_share": sweep.cache_hit_share,
    }
    given = [name for name, value in shared.items() if value]
    if len(given) > 1:
        raise refuse(f"{given[0]} and {given[1]} both say what prompts share", "give one of them")
    if given and not sweep.has_random_prompts:
        raise refuse(f"the prompts of {sweep.dataset} share no prefix", f"remove `{given[0]}`")


def check_trace(sweep: Sweep) -> None:
    """Refuse what a trace gives itself."""
    if not any(isinstance(load, Trace) for load in sweep.loads):
        return
    if sweep.dataset != "random":
        raise refuse("a trace sends random prompts", "remove `dataset`")
    plain = type(sweep).model_fields
    given = [name for name in GIVEN_BY_TRACE if getattr(sweep, name) != plain[name].default]
    if sweep.warmup_requests:
        raise refuse("a trace is replayed from its first request on", "remove `warmup_requests`")
    if given:
        raise refuse(f"a trace gives `{given[0]}` itself", f"remove `{given[0]}`, or the trace")


def check_conversation(sweep: Sweep) -> None:
    """Refuse what users who wait for their answers cannot do."""
    if sweep.dataset != "conversations":
        if sweep.conversation is not None:
            raise refuse(f"{sweep.dataset} has no conversations", "set `dataset` to conversations")
        return
    if sweep.conversation is None:
        raise refuse("conversations are neither generated nor in a file", "remove `conversation: null`")
    if sweep.endpoint != "chat":
        raise refuse("conversations are messages", "set `endpoint` to chat")
    for name, remedy in NOT_IN_CONVERSATIONS.items():
        if getattr(sweep, name):
            raise refuse(f"conversations have no `{name}`", remedy)
    if isinstance(sweep.clients, int) and sweep.clients > 1:
        raise refuse("one load process sends all conversations", "remove `clients`")
    searched = sweep.search is not None and sweep.search.rate is not None
    if searched or any(not load.slots for load in sweep.loads):
        raise refuse(
            "a user of a conversation waits for each answer", "give the number of users as `concurrency`"
        )


def check_conversation_search(sweep: Sweep) -> None:
    """Refuse a search whose users have fewer than two conversations: most of it would be its end."""
    if sweep.conversation is None or sweep.search is None:
        return
    turns = sweep.conversation.mean_turns
    if turns is not None and sweep.search.requests_per_slot < 2 * turns:
        raise refuse(
            f"{sweep.search.requests_per_slot} requests a slot are fewer than two conversations",
            f"set `requests_per_slot` to {ceil(2 * turns)} or more",
        )


def check_objectives(sweep: Sweep) -> None:
    """Refuse a bound on a part of a mix in the mix itself: it stands in the part's own sweep."""
    is_own = sweep.kinds == (sweep,)
    for bound in sweep.objectives:
        if is_own and bound.part:
            what = f"`{bound}` bounds the requests of the sweep {bound.part}"
            raise refuse(what, f"write it in that sweep's `objectives`, without `{bound.part}:`")


def check_loads(sweep: Sweep) -> None:
    """Refuse a load that is listed twice, and repeats of a search."""
    labels = [load.label for load in sweep.loads]
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated:
        raise refuse(
            f"{repeated[0]} is listed twice",
            "use `repeats` to measure a load more than once, and another sweep for other requests at it",
        )
    if sweep.search and sweep.repeats > 1:
        raise refuse("a search repeats by itself", "give `measurements` in its load instead of `repeats`")


SWEEP_RULES: tuple[Callable[[Sweep], None], ...] = (
    check_mix,
    check_lengths,
    check_prefixes,
    check_trace,
    check_conversation,
    check_conversation_search,
    check_search_prefixes,
    check_search_abandon,
    check_objectives,
    check_loads,
)
"""Every rule, in the order in which a wrong sweep meets them. Each raises `refuse`'s error."""
