"""Random prompts have exactly the requested length, and any text survives encoding and decoding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tokenizers import Tokenizer

from stub.completion import FILLER

# In a process of its own: importing EvalScope replaces the handlers of the root logger.
PROMPTS = """
import json, sys
from evalscope.perf.arguments import Arguments
from evalscope.perf.plugin.datasets.random_dataset import RandomDatasetPlugin
from evalscope.perf.plugin.datasets.utils import tokenize_chat_messages
lengths = {}
for chat in (False, True):
    plugin = RandomDatasetPlugin(Arguments(
        model="m", url="http://127.0.0.1:1/v1/completions", api="openai", dataset="random", prefix_length=0,
        tokenizer_path=sys.argv[1], min_prompt_length=256, max_prompt_length=256, number=200, parallel=1,
        apply_chat_template=chat))
    count = (lambda m: tokenize_chat_messages(plugin.tokenizer, m)) if chat else plugin.tokenizer.encode
    lengths[f"chat={chat}"] = sorted({len(count(message)) for message in plugin.build_messages()})
print(json.dumps(lengths))
"""


def test_evalscope_makes_random_prompts_of_the_exact_length(tokenizer: Path) -> None:
    argv = [sys.executable, "-c", PROMPTS, str(tokenizer)]
    out = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=120).stdout
    assert json.loads(out.splitlines()[-1]) == {"chat=False": [256], "chat=True": [256]}


def test_round_trip_and_filler(tokenizer: Path) -> None:
    loaded = Tokenizer.from_file(str(tokenizer / "tokenizer.json"))
    for text in ("What is 2+2?\n", "π ≈ 3.14 – ok  two", " ab abc abcd", "\\boxed{42}"):
        assert loaded.decode(loaded.encode(text).ids) == text
    assert len(loaded.encode("".join(FILLER)).ids) == len(FILLER)
    assert [loaded.id_to_token(i) for i in loaded.encode("<|user|> ab<|end|>").ids] == [
        "<|user|>",
        "▁ab",
        "<|end|>",
    ]
