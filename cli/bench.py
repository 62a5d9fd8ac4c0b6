"""The command `servegauge bench`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from cli.option_names import naming_options
from cli.options import ResultsOption
from cli.run import run
from tasks.config.results_location import RESULTS

UrlOption = Annotated[
    str, typer.Option("--url", help="Address of the server, up to and with /v1.", metavar="URL")
]
ModelOption = Annotated[str, typer.Option("--model", help="Model name that requests carry.", metavar="NAME")]
ConcurrencyOption = Annotated[
    str | None,
    typer.Option(
        "--concurrency",
        help="Closed loops: requests in flight at the same time. 1,10,50 without --rate.",
        metavar="N,N,...",
    ),
]
RateOption = Annotated[
    str | None,
    typer.Option(
        "--rate",
        help="Open loops: requests per second, sent whether or not earlier ones have ended.",
        metavar="R,R,...",
    ),
]
InputOption = Annotated[
    int, typer.Option("--input", min=1, help="Tokens of each random prompt.", metavar="TOKENS")
]
OutputOption = Annotated[
    int, typer.Option("--output", min=1, help="Tokens of each answer, exactly.", metavar="TOKENS")
]
RequestsOption = Annotated[
    int | None,
    typer.Option(
        "--requests",
        min=1,
        help="Requests of each load; default: five for each slot, or as many as a rate sends in 30 s.",
        metavar="N",
    ),
]
ChatOption = Annotated[
    bool,
    typer.Option("--chat", help="Send chat messages, to /v1/chat/completions instead of /v1/completions."),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--api-key-env", help="Environment variable that holds the API key.", metavar="NAME"),
]
TokenizerOption = Annotated[
    str | None,
    typer.Option(
        "--tokenizer",
        help="Folder or hub id of the model's tokenizer, which makes the prompts; default: --model.",
        metavar="TOKENIZER",
    ),
]
SaveOption = Annotated[
    str | None,
    typer.Option("--save", help="Write the spec that this measures into a file.", metavar="NAME.yaml"),
]


def bench(
    url: UrlOption,
    model: ModelOption,
    concurrency: ConcurrencyOption = None,
    rate: RateOption = None,
    input_tokens: InputOption = 1024,
    output_tokens: OutputOption = 128,
    requests: RequestsOption = None,
    chat: ChatOption = False,
    api_key_env: KeyOption = None,
    tokenizer: TokenizerOption = None,
    save: SaveOption = None,
    results: ResultsOption = RESULTS,
    refresh: Annotated[bool, typer.Option("--refresh", help="Measure again what is recorded.")] = False,
) -> None:
    """Measure the speed of a running server, without a spec.

    The spec that this amounts to is printed first. Everything else is as with `servegauge run`: checks,
    records, report.

    \b
    Examples:
      servegauge bench --url http://127.0.0.1:8000/v1 --model my-model
      servegauge bench --url URL --model M --concurrency 1,4 --output 64
      servegauge bench --url URL --model M --rate 2,4 --requests 100
      servegauge bench --url URL --model M --save my.yaml
    """
    from tasks.config.commented_spec import plain_spec
    from tasks.config.new_spec import save_spec, spec_name
    from tasks.config.quick_spec import NAME, QuickChoice, quick_spec

    choice = QuickChoice(
        url=url,
        model=model,
        concurrency=concurrency,
        rate=rate,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        requests=requests,
        endpoint="chat" if chat else "completions",
        api_key_env=api_key_env,
        tokenizer=tokenizer,
    )
    with naming_options():
        fields = quick_spec(choice, NAME if save is None else spec_name(save))
    typer.echo(plain_spec(fields))
    if save is not None:
        file = save_spec(save, fields)
        with naming_options():
            run(str(file.absolute()), results=results, refresh=refresh)
        typer.echo(f"\nSpec      {save} (servegauge run {save} measures the same)")
        return
    with TemporaryDirectory(prefix="servegauge-bench-") as folder, naming_options():
        file = save_spec(str(Path(folder) / f"{NAME}.yaml"), fields)
        run(str(file), results=results, refresh=refresh)
