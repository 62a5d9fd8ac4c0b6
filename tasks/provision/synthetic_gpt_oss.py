"""The recipe of `synthetic:gpt-oss`: a tiny model with the real architecture, vocabulary and tokenizer.

The serving environment's interpreter runs it as a script (`python -I synthetic_gpt_oss.py FOLDER`). It may
import the standard library, `openai_harmony`, `torch` and `transformers`, and nothing of this project. What
it writes is versioned by `RECIPES` in synthetic_models.py.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

VOCABULARY = 201088
FIRST_SPECIAL = 199998
CONTEXT = 131072
START, END_OF_TEXT, RETURN, CALL = "<|startoftext|>", "<|endoftext|>", "<|return|>", "<|call|>"

# The real architecture, small enough for two CPU cores. Other settings have transformers' defaults.
CONFIG = {
    "architectures": ["GptOssForCausalLM"],
    "model_type": "gpt_oss",
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "layer_types": ["sliding_attention", "full_attention"],
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "num_local_experts": 4,
    "num_experts_per_tok": 2,
    "max_position_embeddings": CONTEXT,
    "sliding_window": 128,
    "dtype": "bfloat16",
    "bos_token_id": FIRST_SPECIAL,
    "eos_token_id": 200002,
    "pad_token_id": 199999,
}

# o200k's splitting of a text into words, as a regular expression for the tokenizers library.
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
SPLIT = "|".join(
    (
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_SUFFIX}",
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_SUFFIX}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "<|start|>{{ message['role'] }}<|message|>{{ message['content'] }}<|end|>"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|start|>assistant{%- endif -%}"
)
SAMPLE_TEXTS = (
    "How many prime numbers lie below 100?",
    "  if x:\n\treturn 12345.6\r\n\r\n",
    "Größe, café, 東京, 🙂 I'll",
)


def token_bytes(encoding: Any, token: int) -> bytes:
    """Return the bytes of one token of a Harmony encoding.

    The public `decode` returns text, and most tokens are not valid UTF-8 on their own. Therefore this
    function, and no other, uses the private binding `_inner`.
    """
    return bytes(encoding._inner.decode_bytes([token]))


def build_tokenizer(encoding: Any) -> Any:
    """Return a fast tokenizer with Harmony's vocabulary and o200k's splitting, checked against Harmony."""
    from transformers import PreTrainedTokenizerFast

    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=_convert_vocabulary(encoding),
        bos_token=START,
        eos_token=RETURN,
        pad_token=END_OF_TEXT,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    for text in SAMPLE_TEXTS:
        if tokenizer.encode(text, add_special_tokens=False) != encoding.encode(text):
            raise SystemExit(f"the tokenizer does not split {text!r} as Harmony does")
    return tokenizer


def _convert_vocabulary(encoding: Any) -> Any:
    """Return Harmony's tokens and o200k's splitting as an object of the tokenizers library."""
    from transformers.convert_slow_tokenizer import TikTokenConverter

    special_tokens = [token_bytes(encoding, token).decode() for token in range(FIRST_SPECIAL, VOCABULARY)]
    with tempfile.TemporaryDirectory() as folder:
        ranks = Path(folder) / "o200k.tiktoken"
        with ranks.open("wb") as file:
            for token in range(FIRST_SPECIAL):
                file.write(base64.b64encode(token_bytes(encoding, token)) + b" %d\n" % token)
        converter: Any = TikTokenConverter
        return converter(
            vocab_file=str(ranks), pattern=SPLIT, extra_special_tokens=special_tokens
        ).converted()


def write_model(folder: Path) -> None:
    """Write every file that an engine or a client reads: tokenizer, weights and configuration."""
    from openai_harmony import (  # type: ignore[import-not-found]
        HarmonyEncodingName,
        load_harmony_encoding,
    )

    # Python's -I keeps the script's own folder off sys.path.
    sys.path.insert(0, str(Path(__file__).parent))
    from synthetic_weights import write_weights  # type: ignore[import-not-found]

    encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer(encoding)
    tokenizer.save_pretrained(folder)
    write_weights(folder, CONFIG, tokenizer)
    text = json.dumps(_generation_config(tokenizer), indent=2) + "\n"
    (folder / "generation_config.json").write_text(text, encoding="utf-8")


def _generation_config(tokenizer: Any) -> dict[str, object]:
    # Each of these tokens ends a response.
    end_tokens = [tokenizer.convert_tokens_to_ids(token) for token in (RETURN, END_OF_TEXT, CALL)]
    return {
        "bos_token_id": FIRST_SPECIAL,
        "eos_token_id": end_tokens,
        "pad_token_id": end_tokens[1],
        "do_sample": True,
    }


if __name__ == "__main__":
    write_model(Path(sys.argv[1]))
