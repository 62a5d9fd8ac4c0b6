"""Flags of vLLM as words of its command line."""

from __future__ import annotations

import pytest

from tasks.config.server import ArgValue
from tasks.serve.engines.vllm import flag_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, ["--flag"]),
        (False, []),
        (None, []),
        ([], []),
        (4096, ["--flag", "4096"]),
        (["a", "b"], ["--flag", "a", "b"]),
        (-1, ["--flag=-1"]),
    ],
)
def test_words_of_a_flag(value: ArgValue, words: list[str]) -> None:
    assert flag_words("flag", value) == words
