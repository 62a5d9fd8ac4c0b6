"""A small tokenizer that is written to a folder, and that keeps the length of random prompts exact."""

from __future__ import annotations

import json
import string
from itertools import product
from pathlib import Path

SPECIAL = ("<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPACE = "\u2581"


def make_tokenizer(folder: Path) -> Path:
    """Write tokenizer.json and tokenizer_config.json to `folder`, which is created. Returns the folder.

    The vocabulary has about 18,600 tokens: special tokens, a fallback for each byte, printable characters,
    and words of one to three letters that begin with a space. Such a word decodes and encodes to itself,
    whatever word follows. The fallbacks are named `<0xHH>`, which load generators leave out of random
    prompts. EvalScope's random prompt is a sequence of ids from a random one on, so a smaller vocabulary
    would repeat prompts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words, merges = _words()
    characters = [*string.ascii_letters, *string.digits, *string.punctuation, "\n", SPACE]
    names = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *characters, *words]
    vocabulary = {name: number for number, name in enumerate(names)}
    document = _document(vocabulary, merges)
    (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(_config()), "utf-8")
    return folder


def _document(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_special(number, name) for number, name in enumerate(SPECIAL)],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": SPACE,
            "prepend_scheme": "never",
            "split": True,
        },
        "post_processor": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": [list(pair) for pair in merges],
        },
    }


def _config() -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": SPECIAL[0],
        "pad_token": SPECIAL[0],
        "additional_special_tokens": list(SPECIAL[1:]),
        "clean_up_tokenization_spaces": False,
        "model_max_length": 131072,
        "chat_template": CHAT_TEMPLATE,
    }


def _words() -> tuple[list[str], list[tuple[str, str]]]:
    """Return words and the merges that build them. Each merge begins with a space, so none crosses words."""
    letters = string.ascii_lowercase
    words = ["".join(word) for size in (1, 2, 3) for word in product(letters, repeat=size)]
    return [SPACE + word for word in words], [(SPACE + word[:-1], word[-1]) for word in words]


def _special(number: int, name: str) -> dict[str, object]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": number, "content": name, **flags, "special": True}
