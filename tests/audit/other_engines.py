"""A server's /metrics as other engines write it: the stub's own counts under their names."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tasks.config.base import Frozen
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.server_metrics import MetricsReader, ServerMetrics
from tasks.serve.endpoint import Endpoint


class Counts(Frozen):
    """What the stub counted; TTFT, latencies and queue times in seconds, summed over requests."""

    requests: float
    prompt: float
    output: float
    cached: float
    ttft: float
    decode: float
    running: float


Page = Callable[[Counts], str]


def sglang(counts: Counts) -> str:
    """The page of SGLang with two ranks of tensor parallelism, without speculative decoding."""
    lines = [
        f'sglang:num_running_reqs{{model_name="m",tp_rank="0"}} {counts.running}',
        f'sglang:num_running_reqs{{model_name="m",tp_rank="1"}} {counts.running}',
        f'sglang:num_requests_total{{model_name="m"}} {counts.requests}',
        f'sglang:prompt_tokens_total{{model_name="m"}} {counts.prompt}',
        f'sglang:generation_tokens_total{{model_name="m"}} {counts.output}',
        f'sglang:time_to_first_token_seconds_sum{{model_name="m"}} {counts.ttft}',
        f'sglang:time_to_first_token_seconds_count{{model_name="m"}} {counts.requests}',
        f'sglang:inter_token_latency_seconds_sum{{model_name="m"}} {counts.decode}',
        f'sglang:inter_token_latency_seconds_count{{model_name="m"}} {counts.output - counts.requests}',
        'sglang:cache_hit_rate{model_name="m",tp_rank="0"} 0.9',
        'sglang:spec_accept_length{model_name="m",tp_rank="0"} 0.0',
    ]
    if counts.cached:  # it shows the counter only after the first cached token
        lines.append(f'sglang:cached_tokens_total{{cache_source="device",model_name="m"}} {counts.cached}')
    return "\n".join(lines) + "\n"


def drafting_sglang(counts: Counts) -> str:
    """The page of SGLang with speculative decoding: each draft yields two tokens."""
    drafts = (counts.output - counts.requests) / 2
    return sglang(counts).replace("spec_accept_length", "spec_unknown") + (
        f'sglang:spec_verify_calls_total{{model_name="m"}} {drafts}\n'
        'sglang:spec_accept_length{model_name="m",tp_rank="0"} 2.5\n'
        'sglang:spec_accept_rate{model_name="m",tp_rank="0"} 0.5\n'
    )


def llamacpp(counts: Counts) -> str:
    """The page of llama.cpp before 2026."""
    return (
        "# TYPE llamacpp:prompt_tokens_total counter\n"
        f"llamacpp:prompt_tokens_total {counts.prompt - counts.cached}\n"
        "llamacpp:prompt_seconds_total 12.5\n"
        f"llamacpp:tokens_predicted_total {counts.output}\n"
        f"llamacpp:tokens_predicted_seconds_total {counts.decode}\n"
        "llamacpp:predicted_tokens_seconds 99\n"
        f"llamacpp:requests_processing {counts.running}\n"
        "llamacpp:requests_deferred 0\n"
    )


def newer_llamacpp(counts: Counts) -> str:
    """The page of llama.cpp since 2026, without speculative decoding."""
    return llamacpp(counts) + (
        f"llamacpp:prompt_tokens_cached_total {counts.cached}\n"
        "llamacpp:spec_decode_num_draft_tokens_total 0\n"
        "llamacpp:spec_decode_num_accepted_tokens_total 0\n"
        "llamacpp:spec_decode_num_drafts_total 0\n"
    )


def tgi(counts: Counts) -> str:
    """The page of TGI; three requests failed before the point."""
    return (
        f"tgi_request_count {counts.requests + 3}\n"
        f"tgi_request_success {counts.requests}\n"
        f"tgi_batch_current_size {counts.running}\n"
        f"tgi_request_input_length_sum {counts.prompt}\n"
        f"tgi_request_generated_tokens_sum {counts.output}\n"
        "tgi_request_mean_time_per_token_duration_sum 4.5\n"
        "tgi_request_skipped_tokens_sum 0\n"
    )


def tensorrt_llm(counts: Counts) -> str:
    """The page of TensorRT-LLM 1.1, which counts no tokens."""
    tpot = counts.decode / (counts.output - counts.requests) if counts.output else 0.0
    return (
        f'trtllm_request_success_total{{finished_reason="length"}} {counts.requests}\n'
        f"trtllm_time_to_first_token_seconds_sum {counts.ttft}\n"
        f"trtllm_time_to_first_token_seconds_count {counts.requests}\n"
        f"trtllm_time_per_output_token_seconds_sum {tpot * counts.requests}\n"
        f"trtllm_time_per_output_token_seconds_count {counts.requests}\n"
    )


class TranslatedMetrics(httpx.BaseTransport):
    """Answers /metrics with the stub's counts as another engine writes them."""

    def __init__(self, endpoint: Endpoint, page: Page) -> None:
        self._page = page
        self._client = httpx.Client(headers=endpoint.headers)
        self._reader = MetricsReader(endpoint, self._client)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Read the stub's own page and write that of the engine."""
        metrics = self._reader.read()
        assert metrics is not None
        return httpx.Response(200, text=self._page(counts_in(metrics)))

    def close(self) -> None:
        """Close the connection to the stub."""
        self._client.close()


def counts_in(metrics: ServerMetrics) -> Counts:
    """Return the counts of the stub's page."""
    names = {
        "requests": Meaning.FINISHED,
        "prompt": Meaning.PROMPT_TOKENS,
        "output": Meaning.OUTPUT_TOKENS,
        "cached": Meaning.CACHE_HITS,
        "ttft": Meaning.TTFT_SUM,
        "decode": Meaning.DECODE_SUM,
        "running": Meaning.RUNNING,
    }
    return Counts.model_validate({name: metrics.value(meaning) or 0.0 for name, meaning in names.items()})
