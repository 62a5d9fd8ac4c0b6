"""The command `servegauge specs`."""

from __future__ import annotations

import typer


def specs() -> None:
    """List the bundled specs: what each measures and needs.

    \b
    What to do with one:
      servegauge run smoke
      servegauge init --from smoke my.yaml
      servegauge validate smoke
    """
    from tasks.provision.bundled_specs import bundled_specs

    for spec in bundled_specs():
        typer.echo(f"{spec.name}\n  measures  {spec.measures}\n  needs     {spec.needs}")
