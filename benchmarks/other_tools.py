"""EvalScope's command, `vllm bench serve` and GuideLLM: how each is run, and where it reports its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.tool_environments import tool_bin, vllm_python
from benchmarks.workload import Reported, Workload

LIMIT_S = 240
OFFLINE = {"HF_HUB_OFFLINE": "1", "NO_PROXY": "127.0.0.1", "DO_NOT_TRACK": "1"}
VLLM_BENCH = (
    "import sys; from vllm.benchmarks.serve import add_cli_args, main;"
    "from vllm.utils.argparse_utils import FlexibleArgumentParser as P;"
    "p = P(); add_cli_args(p); main(p.parse_args(sys.argv[1:]))"
)


def evalscope(workload: Workload) -> Reported:
    """Run EvalScope's own command."""
    program = str(Path(sys.executable).with_name("evalscope"))
    run_tool(
        *(
            program,
            "perf",
            "--url",
            f"{workload.root}/v1/completions",
            "--api",
            "openai",
            "--model",
            workload.model,
        ),
        *("--dataset", "random", "--tokenizer-path", workload.tokenizer, "--stream", "--no-test-connection"),
        *(
            "--min-prompt-length",
            str(workload.input_tokens),
            "--max-prompt-length",
            str(workload.input_tokens),
        ),
        *("--prefix-length", "0"),
        *("--number", str(workload.requests), "--parallel", str(workload.concurrency)),
        *("--max-tokens", str(workload.output_tokens), "--min-tokens", str(workload.output_tokens)),
        *("--extra-args", '{"ignore_eos": true}', "--outputs-dir", str(workload.folder / "evalscope")),
    )
    summary = _read(workload.folder, "benchmark_summary.json")
    percentiles = _read(workload.folder, "benchmark_percentile.json")
    return _of_evalscope(summary, percentiles)


def vllm_bench(workload: Workload) -> Reported:
    """Run vLLM's load generator, from a provisioned environment. Raises FileNotFoundError without one."""
    python = vllm_python()
    if python is None:
        raise FileNotFoundError("no vLLM environment; `servegauge run smoke` builds one")
    run_tool(
        *(str(python), "-c", VLLM_BENCH, "--backend", "openai", "--base-url", workload.root),
        *("--endpoint", "/v1/completions", "--model", workload.model, "--tokenizer", workload.tokenizer),
        *("--dataset-name", "random", "--random-input-len", str(workload.input_tokens)),
        *("--random-output-len", str(workload.output_tokens), "--ignore-eos"),
        *("--max-concurrency", str(workload.concurrency), "--num-prompts", str(workload.requests)),
        *("--percentile-metrics", "ttft,tpot,itl,e2el"),
        *("--save-result", "--result-dir", str(workload.folder), "--result-filename", "vllm.json"),
    )
    figures = _read(workload.folder, "vllm.json")
    return Reported(
        ttft_mean=figures["mean_ttft_ms"] / 1000,
        ttft_p99=figures["p99_ttft_ms"] / 1000,
        tpot_mean=figures["mean_tpot_ms"] / 1000,
        throughput=figures["output_throughput"],
    )


def guidellm(workload: Workload) -> Reported:
    """Run GuideLLM, in an environment of its own. Raises FileNotFoundError if it cannot be installed."""
    program = tool_bin("guidellm") / "guidellm"
    backend = f"kind=openai_http,target={workload.root},model={workload.model},request_format=/v1/completions"
    run_tool(
        *(str(program), "run", "--backend", backend),
        *("--profile", f"kind=concurrent,streams={workload.concurrency}"),
        *("--constraint", f"kind=max_requests,count={workload.requests}"),
        *("--tokenizer", f"kind=huggingface_auto,model={workload.tokenizer}"),
        *(
            "--data",
            f"kind=synthetic_text,prompt_tokens={workload.input_tokens},output_tokens={workload.output_tokens}",
        ),
        *("--output", f"kind=json,path={workload.folder / 'guidellm.json'}"),
    )
    metrics = _read(workload.folder, "guidellm.json")["benchmarks"][0]["metrics"]
    ttft = metrics["time_to_first_token_ms"]["successful"]
    # Its "time per output token" includes the first token. Its inter-token latency is what others call TPOT.
    return Reported(
        ttft_mean=ttft["mean"] / 1000,
        ttft_p99=ttft["percentiles"]["p99"] / 1000,
        tpot_mean=metrics["inter_token_latency_ms"]["successful"]["mean"] / 1000,
        throughput=metrics["output_tokens_per_second"]["successful"]["mean"],
    )


def _of_evalscope(summary: dict[str, Any], percentiles: Any) -> Reported:
    rows = percentiles if isinstance(percentiles, list) else percentiles.get("percentiles", percentiles)
    p99 = next(row for row in rows if str(row.get("Percentiles", row.get("percentile"))).startswith("99"))
    return Reported(
        ttft_mean=_field(summary, "ttft") / 1000,
        ttft_p99=_field(p99, "ttft") / 1000,
        tpot_mean=_field(summary, "tpot") / 1000,
        throughput=_field(summary, "output", "through"),
    )


def _field(figures: dict[str, Any], *words: str) -> float:
    """Return the field whose name has all the words. Its exact name differs between EvalScope's versions."""
    for name, value in figures.items():
        if all(word in name.lower() for word in words):
            return float(value)
    raise KeyError(f"EvalScope reports no {' '.join(words)}")


def _read(folder: Path, name: str) -> Any:
    return json.loads(next(folder.rglob(name)).read_text("utf-8"))


def run_tool(*argv: str, **environment: str) -> None:
    """Run a program to its end, beside OFFLINE with `environment`.

    Raises:
        RuntimeError: it failed; the message has the end of its output.
    """
    finished = subprocess.run(
        argv,
        env={**os.environ, **OFFLINE, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
        start_new_session=True,  # as servegauge's own load processes
    )
    if finished.returncode:
        raise RuntimeError(f"{Path(argv[0]).name} ended with {finished.returncode}: {finished.stdout[-800:]}")
