"""The command `servegauge stub`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tasks.errors import InputError

FaultOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="KIND[:RULE]",
        help="Fail requests: every one, or with a RULE of every=N or first=N,count=N. Repeatable.",
    ),
]
MannerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--manner",
        metavar="NAME",
        help="Answer in this manner of docs/odd-servers.md. Several take turns. --list-manners names them.",
    ),
]
NoMetricsOption = Annotated[bool, typer.Option("--no-metrics", help="Answer 404 to /metrics.")]
ApiKeyOption = Annotated[
    str, typer.Option(envvar="STUB_API_KEY", show_envvar=True, help="Requests without this key get 401.")
]


def stub(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = 8000,
    model: Annotated[str, typer.Option(help="The one model that it serves.")] = "stub",
    ttft: Annotated[float, typer.Option(min=0, help="Seconds to the first token.")] = 0.05,
    itl: Annotated[float, typer.Option(min=0, help="Seconds from token to token.")] = 0.01,
    tokens: Annotated[
        int, typer.Option(min=1, help="Tokens of an answer whose length the request does not set.")
    ] = 64,
    tokens_per_chunk: Annotated[
        int, typer.Option(min=1, help="Tokens of each chunk but the first, which has one.")
    ] = 1,
    slots: Annotated[int, typer.Option(min=0, help="Requests that generate at once. 0: no limit.")] = 0,
    prompt_tokens: Annotated[
        int | None, typer.Option(min=0, help="Prompt tokens in `usage`. Default: they are counted.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="Folder of the tokenizer that counts. Default: words are counted.")
    ] = None,
    write_tokenizer: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write a tokenizer for the load generator, and count with it."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            help='JSON file of texts to answer: [{"contains": part of a question, "answer": text}]. With '
            '"busy_answer", "busy_above", "busy_every": the text of every so many answers under load.'
        ),
    ] = None,
    fault: FaultOption = None,
    manner: MannerOption = None,
    list_manners: Annotated[bool, typer.Option("--list-manners", help="Print the manners and end.")] = False,
    start_delay: Annotated[float, typer.Option(min=0, help="Seconds in which /health answers 503.")] = 0.0,
    prefix_cache: Annotated[
        bool, typer.Option("--prefix-cache", help="Count what earlier prompts begin with as cache hits.")
    ] = False,
    no_metrics: NoMetricsOption = False,
    api_key: ApiKeyOption = "",
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add a JSON line for each request: its exact times.")
    ] = None,
) -> None:
    """Serve filler tokens at exact times, without a model.

    It has OpenAI's API under /v1, and vLLM's counters at /metrics. Its own figures of the requests so far
    are at /stub/summary, and are printed on Ctrl-C. docs/benchmarks.md shows how to compare a load generator
    with them.
    """
    from stub.command import manners_text, parsed_faults, read_answers, run_stub
    from stub.options import Options

    if list_manners:
        sys.stdout.write(manners_text())
        return
    if write_tokenizer is not None:
        from stub.tokenizer import make_tokenizer

        if tokenizer is not None:
            raise InputError("--tokenizer and --write-tokenizer name two tokenizers", "give one of them")
        tokenizer = make_tokenizer(write_tokenizer)
    options = Options(
        host=host,
        port=port,
        model=model,
        api_key=api_key,
        ttft=ttft,
        itl=itl,
        tokens=tokens,
        tokens_per_chunk=tokens_per_chunk,
        prompt_tokens=prompt_tokens,
        tokenizer=str(tokenizer) if tokenizer else None,
        answers=read_answers(answers),
        prefix_cache=prefix_cache,
        slots=slots,
        no_metrics=no_metrics,
        start_delay=start_delay,
        faults=parsed_faults(fault or []),
        manners=manner or [],
        log=str(log) if log else None,
    )
    run_stub(options)
