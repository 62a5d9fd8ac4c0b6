"""The stub's command line: what it serves, how fast, and what goes wrong."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

API_KEY_VARIABLE = "STUB_API_KEY"


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds, lengths in tokens."""

    port: int
    model: str
    api_key: str
    ttft: float
    itl: float
    tokens: int
    tokens_per_chunk: int
    prompt_tokens: int | None
    tokenizer: str | None
    answers: str | None
    slots: int
    no_metrics: bool
    start_delay: float
    faults: str


def parse_options(argv: list[str] | None = None) -> Options:
    """Read the command line; argparse exits with 2 on one it does not know."""
    parser = argparse.ArgumentParser(prog="python -m tests.stub.server", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: any free port, printed as `ready PORT`")
    add("--model", default="stub", help="the one model it serves")
    key_help = f"then 401 without it under /v1; also read from {API_KEY_VARIABLE}"
    add("--api-key", default=os.environ.get(API_KEY_VARIABLE, ""), help=key_help)
    add("--ttft", type=float, default=0.05, help="body read to first token, s")
    add("--itl", type=float, default=0.01, help="token to token, s")
    add("--tokens", type=int, default=64, help="length of an answer that the request does not fix")
    add("--tokens-per-chunk", type=int, default=1, help="from the second chunk on; the first has one")
    add("--prompt-tokens", type=int, help="what usage says, by default counted")
    add("--tokenizer", help="folder to count prompts with, by default words are counted")
    add("--answers", help='JSON file: [{"contains": part of the question, "answer": text}, …]')
    add("--slots", type=int, default=0, help="how many requests generate at once, 0: any number")
    add("--no-metrics", action="store_true", help="404 on /metrics")
    add("--start-delay", type=float, default=0.0, help="/health says 503 for so long, s")
    add("--faults", default="[]", help="JSON list, as POST /stub/faults takes it")
    return Options(**vars(parser.parse_args(argv)))
