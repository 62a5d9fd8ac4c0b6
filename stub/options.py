"""The stub's command line: its model, its timings, and its faults."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

API_KEY_VARIABLE = "STUB_API_KEY"


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds, lengths in tokens. The help of `parse_options` describes each field."""

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
    """Parse the command line. argparse exits with code 2 if it is invalid."""
    parser = argparse.ArgumentParser(prog="python -m stub.server", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: any free port, which is printed as `ready PORT`")
    add("--model", default="stub", help="the one model that it serves")
    key_help = f"requests under /v1 without this key get 401; default: the variable {API_KEY_VARIABLE}"
    add("--api-key", default=os.environ.get(API_KEY_VARIABLE, ""), help=key_help)
    add("--ttft", type=float, default=0.05, help="seconds from the request's last byte to the first token")
    add("--itl", type=float, default=0.01, help="seconds from token to token")
    add("--tokens", type=int, default=64, help="tokens of a response whose length the request does not set")
    add("--tokens-per-chunk", type=int, default=1, help="tokens of each chunk but the first, which has one")
    add("--prompt-tokens", type=int, help="prompt tokens in `usage`; default: they are counted")
    add("--tokenizer", help="folder of the tokenizer that counts them; default: words are counted")
    add("--answers", help='JSON file: [{"contains": part of the question, "answer": text}, …]')
    add("--slots", type=int, default=0, help="requests that generate at once; 0: no limit")
    add("--no-metrics", action="store_true", help="/metrics answers 404")
    add("--start-delay", type=float, default=0.0, help="seconds for which /health answers 503")
    add("--faults", default="[]", help="JSON list of faults, as the body of POST /stub/faults")
    return Options(**vars(parser.parse_args(argv)))
