"""Weights with which a synthetic gpt-oss generates one known text, so that tests can check every token.

The last projections of attention and experts are zero, so the next token depends only on the last token:
a token's embedding is the output row of its successor. The response to any chat is `TEXT`. A completion
repeats `TEXT` until its maximum length.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

# No token may occur twice, because a token has one successor.
TEXT = (
    "This answer comes from a synthetic model that knows nothing. Each word follows its neighbour by rule,"
    " so every server gives these same tokens and their timing can be trusted while \\boxed{26} stays right"
    " only once"
)
HEADER = ("<|start|>", "assistant", "<|channel|>", "final", "<|message|>")
RETURN = "<|return|>"
SHARPNESS = 10.0
"""The weight of the final norm: the successor's logit is about 80, the next best of 200,000 about 50."""


def successors(tokenizer: Any) -> tuple[tuple[int, int], ...]:
    """Return pairs (token, next token) for header, text and end token; the end leads to the text's start."""
    text = tokenizer.encode(TEXT, add_special_tokens=False)
    if len(set(text)) != len(text):
        raise SystemExit("a token occurs twice in the synthetic model's text")
    header = [tokenizer.convert_tokens_to_ids(token) for token in HEADER]
    sequence = [*header, *text, tokenizer.convert_tokens_to_ids(RETURN), text[0]]
    return tuple(pairwise(sequence))


def write_weights(folder: Path, config: dict[str, Any], tokenizer: Any) -> None:
    """Write model.safetensors and config.json with `save_pretrained`."""
    import torch  # type: ignore[import-not-found]
    from transformers import GptOssConfig, GptOssForCausalLM

    torch.manual_seed(0)
    model: Any = GptOssForCausalLM(GptOssConfig(**config)).to(torch.bfloat16)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "o_proj" in name or "down_proj" in name:
                weight.zero_()
        output_rows = torch.nn.functional.normalize(torch.randn(config["vocab_size"], config["hidden_size"]))
        model.lm_head.weight.copy_(output_rows)
        pairs = successors(tokenizer)
        embeddings = output_rows[pairs[len(HEADER) - 1][1]].repeat(config["vocab_size"], 1)
        for token, successor in pairs:
            embeddings[token] = output_rows[successor]
        model.model.embed_tokens.weight.copy_(embeddings)
        model.model.norm.weight.fill_(SHARPNESS)
    model.save_pretrained(folder)
