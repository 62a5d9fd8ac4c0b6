"""How each tool defines its figures, read in the source of the version that `Tool.version` names."""

from __future__ import annotations

from tasks.config.base import Frozen

OWN = "servegauge"
SAME = 0


class Definition(Frozen):
    """One tool's definition of a figure.

    `excess`: how the figure compares with servegauge's by definition alone: 0 if the same, positive if it
    is higher, negative if lower. Larger numbers mean more; they are ranks, not sizes.
    """

    text: str
    excess: int = SAME


class Tool(Frozen):
    """A load generator, or a program that scores answers. `definitions`: by the figure's title."""

    name: str
    version: str
    definitions: dict[str, Definition]


_SUCCEEDED = "those that succeeded; a warm-up does not count"
_PARSED_CLOCK = "from before the client library's call to after the chunk's JSON is parsed"

TOOLS = {
    OWN: Tool(
        name=OWN,
        version="",
        definitions={
            "TTFT": Definition(
                text="from the request's bytes at the socket to the arrival of the first output"
            ),
            "TPOT": Definition(text="(latency − TTFT) / (output tokens − 1), mean over requests"),
            "latency": Definition(text="to the arrival of the last output or finish reason"),
            "percentiles": Definition(text="interpolated; none where the sample is too small"),
            "requests": Definition(text=_SUCCEEDED),
            "throughput": Definition(text="from the first request's due time to the last one's end"),
            "score": Definition(
                text="mean over the questions; an answer that was cut off before it marks a result is wrong"
            ),
            "missing answers": Definition(text="count as wrong"),
        },
    ),
    "evalscope": Tool(
        name="EvalScope perf",
        version="1.14.1",
        definitions={
            "TTFT": Definition(text=f"{_PARSED_CLOCK}, first chunk with output", excess=1),
            "TPOT": Definition(
                text="(latency − TTFT) / (output tokens − 1); the latency includes the chunk with usage",
                excess=1,
            ),
            "latency": Definition(text=f"{_PARSED_CLOCK}, last chunk, usage included", excess=1),
            "percentiles": Definition(text="nearest rank; a P99 of fewer than 100 is the maximum", excess=1),
            "requests": Definition(text=_SUCCEEDED),
            "throughput": Definition(text="over the time of the whole test"),
        },
    ),
    "evalscope-eval": Tool(
        name="EvalScope eval",
        version="1.14.1",
        definitions={
            "score": Definition(
                text="mean over the judged answers; an answer that was cut off is judged by what it ends in",
                excess=1,
            ),
            "missing answers": Definition(text="do not count", excess=1),
        },
    ),
    "vllm": Tool(
        name="vllm bench serve",
        version="0.32.0",
        definitions={
            "TTFT": Definition(
                text=f"{_PARSED_CLOCK}, first chunk with choices, which on chat may carry no token",
                excess=1,
            ),
            "TPOT": Definition(text="(latency − TTFT) / (output tokens − 1), mean over requests"),
            "latency": Definition(text=f"{_PARSED_CLOCK}, last chunk with choices", excess=1),
            "percentiles": Definition(text="interpolated, whatever the size of the sample"),
            "requests": Definition(text=_SUCCEEDED),
            "throughput": Definition(text="over the time of the whole test"),
        },
    ),
    "guidellm": Tool(
        name="GuideLLM",
        version="0.8.1",
        definitions={
            "TTFT": Definition(text=f"{_PARSED_CLOCK}, first chunk with a token", excess=1),
            "TPOT": Definition(
                text="its inter-token latency: (last − first token) / (output tokens − 1); "
                'its own "time per output token" divides the whole latency by all tokens and is not taken'
            ),
            "latency": Definition(
                text="from before the client library's call to the end of the stream", excess=1
            ),
            "percentiles": Definition(
                text="a value of the sample; a P99 of fewer than 100 is the maximum", excess=1
            ),
            "requests": Definition(text="those that succeeded before its end; no warm-up by default"),
            "throughput": Definition(text="mean of its rate over time"),
        },
    ),
    "aiperf": Tool(
        name="AIPerf",
        version="0.13.0",
        definitions={
            "TTFT": Definition(
                text="from before the client library's call to the read of the first chunk with content",
                excess=1,
            ),
            "TPOT": Definition(
                text="its inter-token latency: (latency − TTFT) / (output tokens − 1), tokens counted by "
                "its own tokenizer"
            ),
            "latency": Definition(
                text="from before the client library's call to the read of the last chunk with content",
                excess=1,
            ),
            "percentiles": Definition(text="interpolated, whatever the size of the sample"),
            "requests": Definition(text="those that succeeded; a warm-up phase does not count"),
            "throughput": Definition(text="from the first request's start to the last response"),
        },
    ),
    "sglang": Tool(
        name="SGLang bench_serving",
        version="0.5.23",
        definitions={
            "TTFT": Definition(text=f"{_PARSED_CLOCK}, first chunk with text", excess=1),
            "TPOT": Definition(
                text="(latency − TTFT) / (output tokens − 1); the latency includes the end of the stream",
                excess=1,
            ),
            "latency": Definition(
                text="from before the client library's call to the line that ends the stream", excess=1
            ),
            "percentiles": Definition(text="interpolated, whatever the size of the sample"),
            "requests": Definition(text=_SUCCEEDED),
            "throughput": Definition(text="over the time of the whole test, output tokens of `usage`"),
        },
    ),
    "inference-perf": Tool(
        name="inference-perf",
        version="0.7.0",
        definitions={
            "TTFT": Definition(
                text="from before the client library's call to the read of the first chunk with text",
                excess=1,
            ),
            "TPOT": Definition(
                text="(last − first chunk with text) / (output tokens − 1), tokens by its own tokenizer"
            ),
            "latency": Definition(
                text="from before the client library's call to the end of the stream", excess=1
            ),
            "percentiles": Definition(text="interpolated, whatever the size of the sample"),
            "requests": Definition(text="those that succeeded; there is no warm-up"),
            "throughput": Definition(
                text="from the first request's start to the last one's end, tokens by its own tokenizer"
            ),
        },
    ),
    "mlperf": Tool(
        name="MLPerf Endpoints",
        version="September 2026",
        definitions={
            "TTFT": Definition(
                text="from the issue by its scheduler, before a worker process sends the request, "
                "to after the first chunk with text is parsed",
                excess=1,
            ),
            "TPOT": Definition(
                text="(end − first chunk) / tokens after the first chunk, which its own tokenizer counts",
                excess=1,
            ),
            "latency": Definition(text="from the issue by its scheduler to the end of the stream", excess=1),
            "percentiles": Definition(text="of a histogram with few digits, whatever the size of the sample"),
            "requests": Definition(text="those that ended in the measured phase, failed ones too"),
            "throughput": Definition(
                text="over the time of the whole test; of Poisson arrivals (requests − 1) over the time "
                "until the last issued request ended"
            ),
        },
    ),
}
"""Every program whose results can be read, by the key that `runs.source` begins with."""
