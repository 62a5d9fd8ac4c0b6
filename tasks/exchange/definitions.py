"""How each load generator defines its figures, and what follows when two of them are compared.

The definitions were read in the source of the versions named in `Tool.version`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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
    """A load generator. `definitions`: by the figure's title."""

    name: str
    version: str
    definitions: dict[str, Definition]


class Difference(NamedTuple):
    """A figure that two tools define differently; `pushes` says which of them is higher for that reason."""

    figure: str
    first: str
    second: str
    pushes: str


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
            "throughput": Definition(text="from the first request's due time to the last one's end"),
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
            "throughput": Definition(text="over the time of the whole test"),
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
            "percentiles": Definition(
                text="interpolated, whatever the size of the sample; failed requests may count"
            ),
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
            "throughput": Definition(text="over the time of the whole test, output tokens of `usage`"),
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
            "throughput": Definition(
                text="over the time of the whole test; of Poisson arrivals (requests − 1) over the time "
                "until the last issued request ended"
            ),
        },
    ),
}
"""Every load generator whose results can be read, by the key that `runs.source` begins with."""


def tool_key(source: str | None) -> str:
    """Return the key of a tool from a recorded `source`, such as `vllm 0.32.0`; no source means ours."""
    return source.partition(" ")[0] if source else OWN


def differences(first: str, second: str) -> Iterator[Difference]:
    """Yield the figures that two tools define differently.

    Args:
        first: the key of a tool in TOOLS.
        second: as `first`.
    """
    one, other = TOOLS[first], TOOLS[second]
    for figure, definition in one.definitions.items():
        against = other.definitions[figure]
        if definition != against:
            yield Difference(figure, definition.text, against.text, _pushes(one, definition, other, against))


def _pushes(one: Tool, definition: Definition, other: Tool, against: Definition) -> str:
    if definition.excess == against.excess:
        return "which of them is higher depends on the load"
    higher = one if definition.excess > against.excess else other
    return f"{higher.name} is higher for that reason alone"
