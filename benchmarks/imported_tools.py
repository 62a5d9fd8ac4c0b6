"""AIPerf, SGLang's bench_serving and inference-perf: how each is run, in an environment of its own.

Each writes a file that `servegauge import` reads. FileNotFoundError: it cannot be installed here.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from benchmarks.other_tools import run_tool
from benchmarks.tool_environments import tool_bin
from benchmarks.workload import Workload


def aiperf(workload: Workload) -> None:
    """Run AIPerf, which starts several processes of its own."""
    run_tool(
        *(str(tool_bin("aiperf") / "aiperf"), "profile", "--url", workload.root, "--model", workload.model),
        *("--endpoint-type", "completions", "--streaming", "--tokenizer", workload.tokenizer),
        *("--concurrency", str(workload.concurrency), "--request-count", str(workload.requests)),
        *("--isl", str(workload.input_tokens), "--osl", str(workload.output_tokens)),
        *("--extra-inputs", "ignore_eos:true", "--artifact-dir", str(workload.folder / "artifacts")),
        *("--ui", "none"),
        HF_HUB_OFFLINE="",  # offline it takes no path of a tokenizer
    )


def sglang_bench(workload: Workload) -> None:
    """Run the module of SGLang that grew from vLLM's load generator."""
    run_tool(
        *(str(tool_bin("sglang") / "python"), "-m", "sglang.benchmark.serving", "--backend", "vllm"),
        *("--base-url", workload.root, "--model", workload.model, "--tokenizer", workload.tokenizer),
        *("--dataset-name", "random-ids", "--random-range-ratio", "1.0"),
        *("--random-input-len", str(workload.input_tokens)),
        *("--random-output-len", str(workload.output_tokens)),
        *("--max-concurrency", str(workload.concurrency), "--num-prompts", str(workload.requests)),
        *("--output-file", str(workload.folder / "sglang.jsonl")),
    )


def inference_perf(workload: Workload) -> None:
    """Run inference-perf, which reads a file of settings."""
    settings = workload.folder / "settings.yaml"
    settings.write_text(yaml.safe_dump(_settings(workload, workload.folder / "reports")))
    run_tool(str(tool_bin("inference-perf") / "inference-perf"), "--config_file", str(settings))


def _settings(workload: Workload, reports: Path) -> dict[str, object]:
    stage = {"num_requests": workload.requests, "concurrency_level": workload.concurrency}
    return {
        "load": {"type": "concurrent", "stages": [stage]},
        "api": {"type": "completion", "streaming": True},
        "server": {
            "type": "vllm",
            "model_name": workload.model,
            "base_url": workload.root,
            "ignore_eos": True,
        },
        "tokenizer": {"pretrained_model_name_or_path": workload.tokenizer},
        "data": {
            "type": "random",
            "input_distribution": _fixed(workload.input_tokens, workload.requests),
            "output_distribution": _fixed(workload.output_tokens, workload.requests),
        },
        "report": {"request_lifecycle": {"summary": True, "per_stage": True, "per_request": True}},
        "storage": {"local_storage": {"path": str(reports)}},
    }


def _fixed(tokens: int, requests: int) -> dict[str, object]:
    return {"type": "fixed", "mean": tokens, "min": tokens, "max": tokens, "total_count": requests}
