"""Manners of output: chunks that carry nothing, and the names under which output comes."""

from __future__ import annotations

from typing import Any

from stub.manners.manner import (
    END,
    FIRST,
    LAST,
    SECOND,
    THIRD,
    WORDS,
    Heard,
    Manner,
    choice,
    delta,
    event,
    paced,
    rewritten,
    usage,
)

EMPTY = delta(content="")
FILTERED = event({"choices": [], "prompt_filter_results": [{"content_filter_results": {"text": "safe"}}]})
FINISH = delta("length")


def named(*deltas: dict[str, Any]) -> list[tuple[float, bytes]]:
    """Chunks with these deltas, the last one with the finish reason."""
    return paced(*(delta(**fields) for fields in deltas[:-1]), delta("length", **deltas[-1]))


def call(**function: str) -> dict[str, Any]:
    """A delta with a piece of a tool call."""
    return {"tool_calls": [{"index": 0, "function": function}]}


def after_each(empty: bytes) -> list[tuple[float, bytes]]:
    """The plain answer with an empty chunk half a second after each of the first three."""
    pieces = [(time + 0.5, empty) for time in (1.0, 2.0, 3.0)]
    return sorted([*pieces, *paced(*WORDS)])


OUTPUT = [
    Manner(
        "role-first", "a chunk with the role alone first", [(0.5, delta(role="assistant")), *paced(*WORDS)]
    ),
    Manner(
        "role-empty-first",
        "a chunk with the role and an empty text first",
        [(0.5, delta(role="assistant", content="")), *paced(*WORDS)],
    ),
    Manner("role-only-between", "chunks with the role alone between", after_each(delta(role="assistant"))),
    Manner(
        "nulls-between", "`role: null, content: null` between", after_each(delta(role=None, content=None))
    ),
    Manner("empty-between", "empty texts between", after_each(EMPTY)),
    Manner("empty-delta-between", "empty deltas between", after_each(delta())),
    Manner("null-delta-between", "`delta: null` between", after_each(event(choice(delta=None)))),
    Manner("no-choices-between", "`choices: []` with filter results between", after_each(FILTERED)),
    Manner("no-choices-first", "`choices: []` with filter results first", [(0.5, FILTERED), *paced(*WORDS)]),
    Manner("null-choices", "`choices: null` beside `usage`", rewritten(b'"choices": []', b'"choices": null')),
    Manner("empty-calls-between", "`tool_calls: []` between", after_each(delta(content="", tool_calls=[]))),
    Manner(
        "empty-last", "empty chunks after the finish reason", [*paced(*WORDS, end=b""), (9.0, EMPTY + END)]
    ),
    Manner(
        "finish-later",
        "the finish reason a second after the last token",
        [*paced(FIRST, SECOND, THIRD, delta(content="d"), end=b""), (4.5, EMPTY), (5.0, FINISH + END)],
        Heard(latency=5.0, tpot=4 / 3),
    ),
    Manner(
        "finish-repeated",
        "the finish reason again beside `usage`",
        [*paced(*WORDS, end=b""), (9.0, FINISH + END)],
    ),
    Manner(
        "finish-empty", '`finish_reason: ""` in every chunk', rewritten(b'_reason": null', b'_reason": ""')
    ),
    Manner(
        "finish-null-text",
        '`finish_reason: "null"` in every chunk',
        rewritten(b'_reason": null', b'_reason": "null"'),
    ),
    Manner(
        "output-after-finish",
        "a token after the finish reason",
        [*paced(*WORDS[:3], end=FINISH), (4.0, delta(content="d") + END)],
    ),
    Manner(
        "reasoning-content",
        "`reasoning_content` before the text",
        named({"reasoning_content": "a"}, {"reasoning_content": "b"}, {"content": "c"}, {"content": "d"}),
    ),
    Manner(
        "reasoning",
        "`reasoning` before the text",
        named({"reasoning": "a", "content": None}, {"reasoning": "b"}, {"content": "c"}, {"content": "d"}),
    ),
    Manner(
        "reasoning-details",
        "`reasoning_details[].text` and `.summary` before the text",
        named(
            {"reasoning_details": [{"type": "reasoning.text", "text": "a"}]},
            {"reasoning_details": [{"type": "reasoning.summary", "summary": "b"}]},
            {"content": "c", "reasoning_details": []},
            {"content": "d"},
        ),
    ),
    Manner(
        "reasoning-object",
        "`reasoning: {content: …}`",
        named(
            {"reasoning": {"content": "a"}},
            {"reasoning": {"content": "b"}},
            {"content": "c"},
            {"content": "d"},
        ),
    ),
    Manner(
        "content-parts",
        "`content` as a list of parts, thinking among them",
        named(
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}]},
            {"content": [{"type": "text", "text": "b"}]},
            {"content": "c"},
            {"content": "d"},
        ),
    ),
    Manner(
        "thinking-blocks",
        "`thinking_blocks[].thinking`",
        named(
            {"thinking_blocks": [{"type": "thinking", "thinking": "a"}]},
            {"content": "b"},
            {"content": "c"},
            {"content": "d"},
        ),
    ),
    Manner("refusal", "`refusal`", named(*({"refusal": text, "content": None} for text in "abcd"))),
    Manner(
        "tool-call",
        "a tool call: its name, then its arguments",
        named(call(name="f", arguments=""), call(arguments="{"), call(arguments="}"), call(arguments=" ")),
    ),
    Manner(
        "empty-arguments",
        "a tool call's piece without name and arguments",
        [(0.5, delta(**call(arguments=""))), *paced(delta(**call(name="f", arguments="")), *WORDS[1:])],
    ),
    Manner(
        "function-call",
        "`function_call`, the older form",
        named(*({"function_call": {"arguments": text}} for text in "abcd")),
    ),
    Manner(
        "audio",
        "`audio.transcript`; its id carries nothing",
        [(0.5, delta(audio={"id": "x"})), *named(*({"audio": {"transcript": text}} for text in "abcd"))],
    ),
    Manner(
        "message-beside-delta",
        "the whole `message` so far beside each delta",
        [
            *paced(
                *(event(choice(delta={"content": text}, message={"content": "abcd"})) for text in "abcd"),
                end=b"",
            ),
            (5.0, event(choice("length", delta={}, message={"content": "abcd"})) + END),
        ],
        Heard(latency=5.0, tpot=4 / 3),
    ),
    Manner(
        "four-a-chunk",
        "several tokens in a chunk: TPOT by tokens, ITL by chunks",
        paced(delta(content="abcd"), delta("length", content="efgh"), end=usage(completion=8)),
        Heard(latency=2.0, tpot=1 / 7, chunks=2, tokens=8),
    ),
    Manner(
        "no-text",
        "one token without text (EOS)",
        paced(delta("length", content=""), end=usage(completion=1)),
        Heard(latency=1.0, tpot=None, chunks=1, tokens=1),
    ),
]
assert LAST in WORDS
