"""The command `servegauge up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS, results_location

HostOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS", help="Address to listen on; other machines reach any but a loopback address."
    ),
]
AuthOption = Annotated[
    str | None,
    typer.Option(
        metavar="USER:PASSWORD",
        envvar=["SERVEGAUGE_AUTH", "PREFECT_SERVER_API_AUTH_STRING"],
        help="Password of the server, its workers and its UI. Without it, one is made and printed if other "
        "machines reach the server.",
    ),
]
PortOption = Annotated[
    int, typer.Option(min=1, max=65535, metavar="NUMBER", help="Port of Prefect's API and UI.")
]
NoAuthOption = Annotated[
    bool,
    typer.Option("--no-auth", help="Ask nobody for a password, although other machines reach the server."),
]
SpecsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        envvar="SERVEGAUGE_SPECS",
        help="Folder of specs that a run may name beside the bundled ones.",
        file_okay=False,
        exists=True,
        resolve_path=True,
    ),
]


def up(
    host: HostOption = "127.0.0.1",
    port: PortOption = 4200,
    auth: AuthOption = None,
    no_auth: NoAuthOption = False,
    specs: SpecsOption = None,
    results: ResultsOption = RESULTS,
) -> None:
    """Start a Prefect server, the deployments and the workers.

    Runs are then started and followed in Prefect's UI, whose address is printed. Ctrl-C stops all of it.

    \b
    Examples:
      servegauge up
      servegauge up --host 0.0.0.0 --specs my-specs/
    """
    from operate.up import run_up
    from operate.up_settings import UpSettings

    location = results_location(results)
    run_up(UpSettings(host=host, port=port, auth=auth, no_auth=no_auth, specs=specs, results=location))
