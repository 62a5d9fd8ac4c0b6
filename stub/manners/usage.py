"""Manners of `usage`: where it comes, under which names, and how it contradicts itself."""

from __future__ import annotations

from typing import Any

from stub.manners.manner import (
    DONE,
    PROMPT_TOKENS,
    WORDS,
    Heard,
    Manner,
    Piece,
    choice,
    delta,
    event,
    paced,
    usage,
    usage_fields,
)


def with_each(*usages: dict[str, Any], end: bytes = DONE) -> list[Piece]:
    """The plain answer with one of these in each chunk."""
    finishes = (None, None, None, "length")
    chunks = [
        event(choice(finish, delta={"content": text}) | fields)
        for text, finish, fields in zip("abcd", finishes, usages, strict=True)
    ]
    return paced(*chunks, end=end)


def ending(**fields: Any) -> list[Piece]:
    """The plain answer with another `usage`."""
    return paced(*WORDS, end=usage(**fields) + DONE)


def doubted(verdict: str, check: str = "usage_sum", **fields: Any) -> Heard:
    """Measured, with a check that says what is wrong."""
    return Heard(doubt=(check, verdict), **fields)


CUMULATIVE = [usage_fields(completion=tokens) for tokens in (1, 2, 3, 4)]
NULLS = [{"usage": None}] * 3
ZERO = {"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}}
LAST_CHOICE = choice("length", delta={"content": "d"})
REASONING = {"completion_tokens_details": {"reasoning_tokens": 3}}
OTHER_NAMES = {"usage": {"input_tokens": PROMPT_TOKENS, "output_tokens": 4}}
SPLIT = [
    {"usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": 1}},
    {},
    {},
    {"usage": {"completion_tokens": 4}},
]
GROQ = event({"choices": [], "x_groq": usage_fields()})
IN_CHOICE = {"choices": [{**LAST_CHOICE["choices"][0], **usage_fields()}]}

USAGE = [
    Manner("usage-with-last", "`usage` in the chunk of the last choice", with_each(*NULLS, usage_fields())),
    Manner(
        "usage-in-choice",
        "`choices[].usage` of the last choice",
        paced(*WORDS[:3], event(LAST_CHOICE | IN_CHOICE), end=DONE),
    ),
    Manner("usage-growing", "`usage` in every chunk, growing", with_each(*CUMULATIVE)),
    Manner(
        "usage-growing-then-own",
        "the same, and a chunk of its own",
        with_each(*CUMULATIVE, end=usage() + DONE),
    ),
    Manner("usage-same", "the final `usage` in every chunk", with_each(*[usage_fields()] * 4)),
    Manner(
        "usage-zero-first",
        "a `usage` of zeros in every chunk but the last",
        with_each(*[ZERO] * 3, usage_fields()),
    ),
    Manner(
        "usage-zero-last",
        "growing, and zeros at the end",
        with_each(*CUMULATIVE, end=event({"choices": [], **ZERO}) + DONE),
    ),
    Manner(
        "usage-empty",
        "`usage: {}` in every chunk but the last",
        with_each(*[{"usage": {}}] * 3, usage_fields()),
    ),
    Manner(
        "usage-split", "the prompt's tokens in the first chunk, the answer's in the last", with_each(*SPLIT)
    ),
    Manner("usage-x-groq", "`x_groq.usage`", paced(*WORDS, end=GROQ + DONE)),
    Manner(
        "usage-other-names",
        "`input_tokens` and `output_tokens`",
        paced(*WORDS, end=event(OTHER_NAMES) + DONE),
    ),
    Manner(
        "usage-decimals",
        "counts written as `4.0`",
        paced(*WORDS, end=usage().replace(b'_tokens": 4', b'_tokens": 4.0') + DONE),
    ),
    Manner("usage-without-total", "no `total_tokens`", ending(total_tokens=None)),
    Manner("usage-with-reasoning", "reasoning counted among `completion_tokens`", ending(**REASONING)),
    Manner(
        "completion-0",
        "`completion_tokens` of 0, and a total that is right",
        ending(completion=0, total_tokens=PROMPT_TOKENS + 4),
        doubted("suspect"),
    ),
    Manner(
        "completion-missing",
        "no `completion_tokens`, and a total that is right",
        ending(completion_tokens=None),
        doubted("suspect"),
    ),
    Manner(
        "completion-without-reasoning",
        "`completion_tokens` without the reasoning, and a total with it",
        ending(completion=1, total_tokens=PROMPT_TOKENS + 4, **REASONING),
        doubted("suspect"),
    ),
    Manner(
        "completion-half",
        "half of the tokens claimed, several in a chunk, and a total that is right",
        paced(
            delta(content="abcd"),
            delta("length", content="efgh"),
            end=usage(completion=4, total_tokens=PROMPT_TOKENS + 8) + DONE,
        ),
        doubted("invalid", latency=2.0, tpot=1 / 3, chunks=2),
    ),
    Manner("total-0", "`total_tokens` of 0", ending(total_tokens=0), doubted("invalid")),
    Manner(
        "total-smaller", "a total below the sum", ending(total_tokens=PROMPT_TOKENS + 1), doubted("invalid")
    ),
    Manner(
        "reasoning-above-completion",
        "more `reasoning_tokens` than `completion_tokens`",
        ending(completion_tokens_details={"reasoning_tokens": 9}),
        doubted("invalid"),
    ),
    Manner("prompt-0", "`prompt_tokens` of 0", ending(prompt=0), doubted("invalid", prompt_tokens=0)),
    Manner(
        "chunks-above-completion",
        "more chunks with output than `completion_tokens`",
        ending(completion=2),
        doubted("invalid", "usage", tpot=3.0, tokens=2),
    ),
    Manner(
        "usage-per-chunk",
        "`usage` in every chunk, of this chunk alone",
        with_each(*[usage_fields(completion=1)] * 4),
        doubted("invalid", "usage", tpot=None, tokens=1),
    ),
    Manner(
        "no-usage",
        "no `usage` at all",
        paced(*WORDS, end=DONE),
        doubted("suspect", "usage_missing", tpot=None, tokens=None, prompt_tokens=None),
    ),
    Manner(
        "no-prompt-tokens",
        "no `prompt_tokens`",
        ending(prompt_tokens=None, total_tokens=None),
        doubted("suspect", "usage_missing", prompt_tokens=None),
    ),
]
