"""The commands `servegauge env list` and `servegauge env prune`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tasks.text import gigabytes

if TYPE_CHECKING:
    from tasks.provision.environment_cache import BuiltEnvironment

env = typer.Typer(help="List or remove the serving environments built here.", no_args_is_help=True)


@env.command("list")
def list_environments() -> None:
    """List the environments, their sizes and their state.

    An environment is `current` if a bundled file still needs it.
    """
    from rich.console import Console
    from rich.table import Table

    from tasks.config.home import home
    from tasks.provision.environment_cache import built_environments

    environments = built_environments()
    table = Table("environment", "engine", "built", "size", "state", title=str(home() / "environments"))
    for entry in environments:
        version = f"{entry.build.engine} {entry.build.version}"
        built_at = f"{entry.built_at:%Y-%m-%d %H:%M}"
        table.add_row(entry.folder.name, version, built_at, _size(entry), _state(entry))
    Console(highlight=False).print(table if environments else f"no environment is built under {home()}")


@env.command("prune")
def prune_environments(
    everything: Annotated[
        bool, typer.Option("--all", help="Also remove those that a bundled file still needs.")
    ] = False,
) -> None:
    """Remove the environments that no bundled file needs.

    Those that a process uses are kept. A removed environment is built again when a run needs it.
    """
    from tasks.provision.environment_cache import remove_environments

    removed = remove_environments(everything)
    for entry in removed:
        typer.echo(f"removed {entry.folder.name}, {_size(entry)}")
    if not removed:
        typer.echo("nothing to remove")


def _size(entry: BuiltEnvironment) -> str:
    return gigabytes(entry.size_bytes)


def _state(entry: BuiltEnvironment) -> str:
    if entry.pids:
        return f"in use by pid {', '.join(map(str, entry.pids))}"
    return "current" if entry.current else "no file needs it"
