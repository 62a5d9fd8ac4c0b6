"""Manners of the servers that `tests/servers/` runs: the shapes of their chunks."""

from __future__ import annotations

from stub.manners.manner import DONE, WORDS, Heard, Manner, choice, delta, event, paced, usage, usage_fields

WITHOUT_FINISH = [delta(content=text) for text in "abcd"]
TIMINGS = {"timings": {"prompt_n": 7, "prompt_ms": 104.5, "predicted_n": 4, "predicted_ms": 1.2}}
EMPTY_CHOICE = {"choices": [{"index": 0, "delta": {}}]}


def text(word: str, index: int, finish: str | None = None) -> bytes:
    """A chunk of a completion."""
    return event(choice(finish, text=word, index=index))


REAL_SERVERS = [
    Manner(
        "litellm",
        "LiteLLM: the finish reason in an empty chunk, then `usage` beside an empty delta",
        paced(*WITHOUT_FINISH, end=delta("length") + event(EMPTY_CHOICE | usage_fields()) + DONE),
    ),
    Manner(
        "llamacpp",
        "llama.cpp, chat: `role` with `content: null`, then `timings` beside `usage`",
        paced(
            delta(role="assistant", content=None) + WITHOUT_FINISH[0],
            *WITHOUT_FINISH[1:],
            end=delta("length") + event({"choices": [], **usage_fields(), **TIMINGS}) + DONE,
        ),
    ),
    Manner(
        "llamacpp-completions",
        "llama.cpp, completions: finish reason, empty text, `usage` and `timings` in one chunk",
        paced(
            *(text(word, 0) for word in "abcd"),
            end=event(choice("length", text="") | usage_fields() | TIMINGS) + DONE,
        ),
    ),
    Manner(
        "llama-cpp-python",
        "llama-cpp-python: no `usage` in streams, whatever is asked",
        paced(delta(role="assistant") + WITHOUT_FINISH[0], *WITHOUT_FINISH[1:], end=delta("length") + DONE),
        Heard(tpot=None, tokens=None, prompt_tokens=None, doubt=("usage_missing", "suspect")),
    ),
    Manner(
        "guidellm-mock",
        "GuideLLM's mock server: the `index` of a completion's choice grows with each chunk",
        paced(
            *(text(word, index) for index, word in enumerate("abcd")),
            end=text("", 3, "length") + usage() + DONE,
        ),
    ),
    Manner(
        "transformers-serve",
        "`transformers serve`: `usage` in the last chunk, beside the finish reason and an empty delta",
        paced(*WORDS[:3], WITHOUT_FINISH[3], end=event(choice("length", delta={}) | usage_fields()) + DONE),
    ),
]
