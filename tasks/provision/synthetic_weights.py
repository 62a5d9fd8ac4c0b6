"""Weights that make a synthetic gpt-oss say one known text, so that a whole pipeline can be checked by it.

Attention and experts add nothing (their last projection is zero), so the next token depends on the last one
alone: a token's embedding is the output row of its successor. The answer to a chat is `TEXT`, whatever is
asked; a completion goes through the same text again and again.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

# Every token of it must be another one: a token has one successor.
TEXT = (
    "This answer comes from a synthetic model that knows nothing. Each word follows its neighbour by rule,"
    " so every server gives these same tokens and their timing can be trusted while \\boxed{26} stays right"
    " only once"
)
HEADER = ("<|start|>", "assistant", "<|channel|>", "final", "<|message|>")
RETURN = "<|return|>"
SHARPNESS = 10.0
"""Of the final norm: the successor's logit stands at about 80, the next best of 200,000 at about 50."""


def successors(tokenizer: Any) -> tuple[tuple[int, int], ...]:
    """Pairs (token, next token) of the one walk through header, text and end; the end leads to the text."""
    text = tokenizer.encode(TEXT, add_special_tokens=False)
    if len(set(text)) != len(text):
        raise SystemExit("a token stands twice in the synthetic model's text")
    header = [tokenizer.convert_tokens_to_ids(token) for token in HEADER]
    walk = [*header, *text, tokenizer.convert_tokens_to_ids(RETURN), text[0]]
    return tuple(pairwise(walk))


def write_weights(folder: Path, config: dict[str, Any], tokenizer: Any) -> None:
    """Write model.safetensors and config.json, as `save_pretrained` does."""
    import torch  # type: ignore[import-not-found]
    from transformers import GptOssConfig, GptOssForCausalLM

    torch.manual_seed(0)
    model: Any = GptOssForCausalLM(GptOssConfig(**config)).to(torch.bfloat16)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "o_proj" in name or "down_proj" in name:
                weight.zero_()
        rows = torch.nn.functional.normalize(torch.randn(config["vocab_size"], config["hidden_size"]))
        model.lm_head.weight.copy_(rows)
        pairs = successors(tokenizer)
        embeddings = rows[pairs[len(HEADER) - 1][1]].repeat(config["vocab_size"], 1)
        for token, following in pairs:
            embeddings[token] = rows[following]
        model.model.embed_tokens.weight.copy_(embeddings)
        model.model.norm.weight.fill_(SHARPNESS)
    model.save_pretrained(folder)
