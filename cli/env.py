"""The commands `servegauge env list` and `servegauge env prune`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tasks.config.home import home
from tasks.provision.environment_cache import BuiltEnvironment, built_environments, remove_environments

env = typer.Typer(help="The serving environments that were built on this machine.", no_args_is_help=True)
GIGABYTE = 10**9


@env.command("list")
def list_environments() -> None:
    """Show what was built, how large it is, and whether a bundled file still asks for it."""
    found = built_environments()
    table = Table("environment", "engine", "built", "size", "state", title=str(home() / "environments"))
    for entry in found:
        version = f"{entry.build.engine} {entry.build.version}"
        when = f"{entry.built_at:%Y-%m-%d %H:%M}"
        table.add_row(entry.folder.name, version, when, _size(entry), _state(entry))
    Console(highlight=False).print(table if found else f"no environment is built under {home()}")


@env.command("prune")
def prune_environments(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that a bundled file still asks for.")
    ] = False,
) -> None:
    """Remove the environments that no bundled file asks for; one that a process runs from stays."""
    gone = remove_environments(everything)
    for entry in gone:
        typer.echo(f"removed {entry.folder.name}, {_size(entry)}")
    if not gone:
        typer.echo("nothing to remove")


def _size(entry: BuiltEnvironment) -> str:
    return f"{entry.size_bytes / GIGABYTE:.1f} GB"


def _state(entry: BuiltEnvironment) -> str:
    if entry.pids:
        return f"in use by pid {', '.join(map(str, entry.pids))}"
    return "current" if entry.current else "no file asks for it"
