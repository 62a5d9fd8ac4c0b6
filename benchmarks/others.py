"""EvalScope's command, `vllm bench serve` and GuideLLM: how each is run, and where each says its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import tools

LIMIT_S = 240
OFFLINE = {"HF_HUB_OFFLINE": "1", "NO_PROXY": "127.0.0.1", "DO_NOT_TRACK": "1"}
VLLM_BENCH = (
    "import sys; from vllm.benchmarks.serve import add_cli_args, main;"
    "from vllm.utils.argparse_utils import FlexibleArgumentParser as P;"
    "p = P(); add_cli_args(p); main(p.parse_args(sys.argv[1:]))"
)


@dataclass(frozen=True)
class Said:
    """What a load generator reported: seconds, and output tokens per second."""

    ttft_mean: float
    ttft_p99: float
    tpot_mean: float
    throughput: float


@dataclass(frozen=True)
class Ask:
    """One load: `requests` of `input_tokens` in, `tokens` out, `concurrency` at a time."""

    root: str
    model: str
    tokenizer: str
    concurrency: int
    requests: int
    tokens: int
    folder: Path
    input_tokens: int = 1024


def evalscope(ask: Ask) -> Said:
    """EvalScope's own command."""
    program = str(Path(sys.executable).with_name("evalscope"))
    _run(
        *(program, "perf", "--url", f"{ask.root}/v1/completions", "--api", "openai", "--model", ask.model),
        *("--dataset", "random", "--tokenizer-path", ask.tokenizer, "--stream", "--no-test-connection"),
        *("--min-prompt-length", str(ask.input_tokens), "--max-prompt-length", str(ask.input_tokens)),
        *("--prefix-length", "0"),
        *("--number", str(ask.requests), "--parallel", str(ask.concurrency)),
        *("--max-tokens", str(ask.tokens), "--min-tokens", str(ask.tokens)),
        *("--extra-args", '{"ignore_eos": true}', "--outputs-dir", str(ask.folder / "evalscope")),
    )
    summary = _read(ask.folder, "benchmark_summary.json")
    percentiles = _read(ask.folder, "benchmark_percentile.json")
    return _of_evalscope(summary, percentiles)


def vllm_bench(ask: Ask) -> Said:
    """vLLM's load generator, from a provisioned environment."""
    python = tools.vllm_python()
    if python is None:
        raise FileNotFoundError("no vLLM environment; `servegauge run smoke` makes one")
    _run(
        *(str(python), "-c", VLLM_BENCH, "--backend", "openai", "--base-url", ask.root),
        *("--endpoint", "/v1/completions", "--model", ask.model, "--tokenizer", ask.tokenizer),
        *("--dataset-name", "random", "--random-input-len", str(ask.input_tokens)),
        *("--random-output-len", str(ask.tokens), "--ignore-eos"),
        *("--max-concurrency", str(ask.concurrency), "--num-prompts", str(ask.requests)),
        *("--save-result", "--result-dir", str(ask.folder), "--result-filename", "vllm.json"),
    )
    said = _read(ask.folder, "vllm.json")
    return Said(
        ttft_mean=said["mean_ttft_ms"] / 1000,
        ttft_p99=said["p99_ttft_ms"] / 1000,
        tpot_mean=said["mean_tpot_ms"] / 1000,
        throughput=said["output_throughput"],
    )


def guidellm(ask: Ask) -> Said:
    """GuideLLM, in an environment of its own."""
    program = tools.guidellm()
    if program is None:
        raise FileNotFoundError("GuideLLM could not be installed")
    backend = f"kind=openai_http,target={ask.root},model={ask.model},request_format=/v1/completions"
    _run(
        *(str(program), "run", "--backend", backend),
        *("--profile", f"kind=concurrent,streams={ask.concurrency}"),
        *("--constraint", f"kind=max_requests,count={ask.requests}"),
        *("--tokenizer", f"kind=huggingface_auto,model={ask.tokenizer}"),
        *("--data", f"kind=synthetic_text,prompt_tokens={ask.input_tokens},output_tokens={ask.tokens}"),
        *("--output", f"kind=json,path={ask.folder / 'guidellm.json'}"),
    )
    metrics = _read(ask.folder, "guidellm.json")["benchmarks"][0]["metrics"]
    ttft = metrics["time_to_first_token_ms"]["successful"]
    # Its "time per output token" counts the first one in; the time between tokens is the others' TPOT.
    return Said(
        ttft_mean=ttft["mean"] / 1000,
        ttft_p99=ttft["percentiles"]["p99"] / 1000,
        tpot_mean=metrics["inter_token_latency_ms"]["successful"]["mean"] / 1000,
        throughput=metrics["output_tokens_per_second"]["successful"]["mean"],
    )


def _of_evalscope(summary: dict[str, Any], percentiles: Any) -> Said:
    rows = percentiles if isinstance(percentiles, list) else percentiles.get("percentiles", percentiles)
    last = next(row for row in rows if str(row.get("Percentiles", row.get("percentile"))).startswith("99"))
    return Said(
        ttft_mean=_field(summary, "ttft") / 1000,
        ttft_p99=_field(last, "ttft") / 1000,
        tpot_mean=_field(summary, "tpot") / 1000,
        throughput=_field(summary, "output", "through"),
    )


def _field(found: dict[str, Any], *words: str) -> float:
    """The field whose name holds all the words: they differ between EvalScope's versions."""
    return float(next(v for k, v in found.items() if all(word in k.lower() for word in words)))


def _read(folder: Path, name: str) -> Any:
    return json.loads(next(folder.rglob(name)).read_text("utf-8"))


def _run(*argv: str) -> None:
    done = subprocess.run(
        argv,
        env={**os.environ, **OFFLINE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
        start_new_session=True,  # as our own load processes
    )
    if done.returncode:
        raise RuntimeError(f"{Path(argv[0]).name} ended with {done.returncode}: {done.stdout[-800:]}")
