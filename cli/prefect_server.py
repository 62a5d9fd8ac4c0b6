"""The command `servegauge prefect-server`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.up import AuthOption, HostOption, NoAuthOption, PortOption


def prefect_server(
    host: HostOption = "127.0.0.1",
    port: PortOption = 4200,
    auth: AuthOption = None,
    no_auth: NoAuthOption = False,
    services: Annotated[
        bool,
        typer.Option(
            help="Also run the scheduler and automations. If you run several servers, do this on only one."
        ),
    ] = True,
) -> None:
    """Serve Prefect's API and UI alone.

    Requests that pages of other sites send are refused. `servegauge up` starts this server too, with the
    deployments and the workers.
    """
    from operate.prefect_server import ServerSettings, run_prefect_server
    from operate.server_password import print_password, server_password
    from tasks.config.home import home

    password = server_password(host, auth, no_auth, home() / "prefect")
    print_password(password)
    run_prefect_server(ServerSettings(host=host, port=port, auth=password.auth, services=services))
