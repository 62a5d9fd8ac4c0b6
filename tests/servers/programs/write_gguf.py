"""Writes a llama with random weights as GGUF. Run by llama.cpp's environment.

`python write_gguf.py TOKENIZER_FOLDER FILE`: the tokenizer is that of the folder, written as llama.cpp's kind
`llama`, which merges by scores. Each prompt has the same tokens for both.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

WIDTH, INNER, LAYERS, HEADS, CONTEXT = 256, 1024, 6, 8, 4096
"""Large enough that a token takes milliseconds: a client can then tell tokens apart by time."""


def write_gguf(tokenizer: Path, file: Path) -> None:
    """Write the model to a file."""
    from gguf import GGUFWriter  # type: ignore[import-not-found]

    document = json.loads((tokenizer / "tokenizer.json").read_text("utf-8"))
    config = json.loads((tokenizer / "tokenizer_config.json").read_text("utf-8"))
    numbers: dict[str, int] = document["model"]["vocab"]
    words = sorted(numbers, key=lambda word: numbers[word])
    writer = GGUFWriter(str(file), "llama")
    _add_sizes(writer, len(words))
    _add_vocabulary(writer, words, {token["content"] for token in document["added_tokens"]})
    end = numbers[config["eos_token"]]
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_chat_template(config["chat_template"])
    _add_weights(writer, len(words))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_sizes(writer: Any, words: int) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(words)


def _add_vocabulary(writer: Any, words: list[str], special: set[str]) -> None:
    from gguf import TokenType

    def kind(word: str) -> Any:
        if word in special:
            return TokenType.CONTROL
        return TokenType.BYTE if word.startswith("<0x") else TokenType.NORMAL

    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores([-float(number) for number in range(len(words))])
    writer.add_token_types([kind(word) for word in words])
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)


def _add_weights(writer: Any, words: int) -> None:
    import numpy

    random = numpy.random.default_rng(0)
    shapes = {"token_embd": (words, WIDTH), "output": (words, WIDTH), "output_norm": (WIDTH,)}
    for number in range(LAYERS):
        shapes |= {f"blk.{number}.{part}": shape for part, shape in _layer().items()}
    for name, shape in shapes.items():
        weights = numpy.ones(shape) if len(shape) == 1 else random.standard_normal(shape) / WIDTH**0.5
        writer.add_tensor(f"{name}.weight", weights.astype(numpy.float32))


def _layer() -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight of a layer."""
    return {
        **{f"attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")},
        "ffn_gate": (INNER, WIDTH),
        "ffn_up": (INNER, WIDTH),
        "ffn_down": (WIDTH, INNER),
        "attn_norm": (WIDTH,),
        "ffn_norm": (WIDTH,),
    }


if __name__ == "__main__":
    write_gguf(Path(sys.argv[1]), Path(sys.argv[2]))
