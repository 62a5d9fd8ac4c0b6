"""The command `servegauge doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

Url = Annotated[
    str | None, typer.Option("--url", help="Ask this running server instead, up to and with /v1.")
]
ModelName = Annotated[str | None, typer.Option("--model", help="With --url: default the first it lists.")]
KeyVariable = Annotated[
    str | None,
    typer.Option(
        "--api-key-env", "--key-env", help="With --url: variable that holds its API key.", metavar="NAME"
    ),
]

MLflowUri = Annotated[
    str | None,
    typer.Option("--mlflow", help="Ask this MLflow server too: a spec's track.mlflow.uri.", metavar="URI"),
]


def doctor(
    url: Url = None, model: ModelName = None, api_key_env: KeyVariable = None, mlflow: MLflowUri = None
) -> None:
    """Say what this machine, or a running server, can do.

    What is missing comes with a remedy. With --url, a few requests find out what can be measured there,
    and a spec for it is printed.

    \b
    Examples:
      servegauge doctor
      servegauge doctor --url http://127.0.0.1:8000/v1
      servegauge doctor --mlflow http://mlflow.example:5000
    """
    from cli.doctor.diagnose import diagnose, lines_of
    from cli.doctor.server import diagnose_server
    from tasks.errors import InputError
    from tasks.text import printable

    if url is not None:
        lines, works = diagnose_server(url, model, api_key_env)
    elif model or api_key_env:
        raise InputError("--model and --api-key-env are about a server", "give its address with --url")
    else:
        diagnoses = diagnose(mlflow=mlflow)
        lines, works = lines_of(diagnoses), all(entry.status != "broken" for entry in diagnoses)
    typer.echo(printable("\n".join(lines)))
    if not works:
        raise typer.Exit(1)
