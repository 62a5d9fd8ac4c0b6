"""Manners of framing: how events are written, split and surrounded."""

from __future__ import annotations

import json

from stub.manners.manner import (
    DONE,
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
    usage_fields,
)

PLAIN = paced(*WORDS)
BOM = b"\xef\xbb\xbf"
WHOLE = json.dumps(choice("length", message={"content": "abcd"}) | usage_fields()).encode()
AT_ONCE = Heard(4.0, 4.0, None, chunks=1, doubt=("one_piece", "suspect"))

FRAMING = [
    Manner("plain", "OpenAI's own way", PLAIN),
    Manner(
        "completions",
        "`choices[].text` of the completions endpoint",
        paced(*(event(choice("length" if text == "d" else None, text=text)) for text in "abcd")),
    ),
    Manner("bom", "a byte order mark first", [(1.0, BOM + FIRST), *PLAIN[1:]]),
    Manner(
        "bom-split", "a byte order mark in two reads", [(0.5, BOM[:2]), (1.0, BOM[2:] + FIRST), *PLAIN[1:]]
    ),
    Manner("crlf", "lines end in CR LF", rewritten(b"\n", b"\r\n")),
    Manner("cr", "lines end in CR alone", rewritten(b"\n", b"\r")),
    Manner(
        "crlf-split",
        "a CR LF in two reads",
        [(1.0, FIRST[:-2] + b"\r"), (2.0, b"\n\r\n" + SECOND), *PLAIN[2:]],
    ),
    Manner("mixed-line-ends", "LF, CR LF and CR in one answer", [(1.0, FIRST[:-2] + b"\r\r\n"), *PLAIN[1:]]),
    Manner("no-space", "`data:` without a space", rewritten(b"data: ", b"data:")),
    Manner("spaces", "JSON with spaces around every colon", rewritten(b'":', b'" :  ')),
    Manner("many-blank-lines", "several blank lines between events", rewritten(b"\n\n", b"\n\n\n\n\n")),
    Manner("blank-lines-first", "blank lines and a comment first", [(0.5, b"\n\n\n: ping\n\n\n"), *PLAIN]),
    Manner(
        "other-fields",
        "`event:`, `id:` and `retry:` beside the data",
        rewritten(b"data:", b"event: message\nid: 7\nretry: 100\ndata:"),
    ),
    Manner("multi-line", "JSON over several `data:` lines", rewritten(b', "', b',\ndata: "')),
    Manner(
        "comments-between", "keep-alive comments between chunks", rewritten(b"data: {", b": ping\n\ndata: {")
    ),
    Manner(
        "comments-first", "keep-alive comments before the first token", [(0.5, b": processing\n\n"), *PLAIN]
    ),
    Manner(
        "comments-last",
        "keep-alive comments after the last token",
        [*paced(*WORDS, end=b""), (9.0, b": ping\n\n" + END)],
    ),
    Manner(
        "text-keep-alive", "`data: ping`, which is no JSON", rewritten(b"data: {", b"data: ping\n\ndata: {")
    ),
    Manner(
        "named-keep-alive",
        "`event: ping` with `{}`",
        rewritten(b"data: {", b"event: ping\ndata: {}\n\ndata: {"),
    ),
    Manner("no-last-blank-line", "no blank line after the last event", paced(*WORDS, end=END[:-2])),
    Manner("no-done", "no `[DONE]`, but a finish reason", paced(*WORDS, end=usage())),
    Manner(
        "no-finish",
        "no finish reason, but `[DONE]`",
        paced(*WORDS[:3], delta(content="d")),
        Heard(finish_reason=None),
    ),
    Manner(
        "neither-but-whole",
        "neither, but all tokens that were asked for",
        paced(*WORDS[:3], delta(content="d"), end=usage()),
        Heard(finish_reason=None),
    ),
    Manner(
        "two-in-a-read",
        "two chunks in one read: both have its time",
        [(1.0, FIRST), (3.0, SECOND + THIRD), (4.0, LAST + END)],
    ),
    Manner(
        "split",
        "a chunk in two reads: its last byte counts",
        [(0.5, FIRST[:20]), (1.0, FIRST[20:] + SECOND[:9]), (2.0, SECOND[9:]), *PLAIN[2:]],
    ),
    Manner(
        "bytes",
        "one byte in a read",
        [
            (time - (len(data) - 1 - n) * 2**-12, data[n : n + 1])
            for time, data in PLAIN[:3]
            for n in range(len(data))
        ]
        + [(4.0, LAST + END)],
        Heard(ttft=1.0 - 2 * 2**-12, tpot=(3.0 + 2 * 2**-12) / 3),
    ),
    Manner(
        "at-once",
        "the whole stream in one read",
        [(4.0, b"".join(WORDS) + END)],
        Heard(4.0, 4.0, None, doubt=("one_piece", "suspect")),
    ),
    Manner("unstreamed", "one JSON object, not streamed", [(4.0, WHOLE)], AT_ONCE, "application/json"),
    Manner("unstreamed-as-stream", "one JSON object, called an event stream", [(4.0, WHOLE)], AT_ONCE),
    Manner(
        "unstreamed-bom",
        "one JSON object after a byte order mark",
        [(4.0, BOM + WHOLE)],
        AT_ONCE,
        "application/json",
    ),
    Manner("text-plain", "an event stream called `text/plain`", PLAIN, content_type="text/plain"),
    Manner(
        "called-json", "an event stream called `application/json`", PLAIN, content_type="application/json"
    ),
    Manner("split-character", "a chunk that ends amid a character", rewritten(b'"b"', b'"\xf0\x9f"')),
    Manner("control-characters", "a tab in the text, unescaped", rewritten(b'"b"', b'"\tb"')),
    Manner(
        "separators", "line separators of Unicode in the text", rewritten(b'"b"', '"\u2028\u0085"'.encode())
    ),
    Manner(
        "nan",
        "`NaN` and `-Infinity` among logprobs",
        rewritten(b'"index": 0', b'"logprobs": [NaN, -Infinity]'),
    ),
    Manner(
        "quotes",
        "text that looks like fields of the API",
        rewritten(b'"b"', b'"\\"error\\": {\\"usage\\": {}}"'),
    ),
    Manner("after-done", "`usage` after `[DONE]`", paced(*WORDS, end=DONE + usage())),
]
