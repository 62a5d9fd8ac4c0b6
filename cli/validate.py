"""The command `servegauge validate`."""

from __future__ import annotations

import typer

from cli.options import SetOption, SpecArgument


def validate(spec: SpecArgument, overrides: SetOption = None) -> None:
    """Check SPEC and print it with every default.

    Nothing is started or fetched. A field that is wrong is named, with what it must be.

    \b
    Examples:
      servegauge validate my.yaml
      servegauge validate smoke --set sweeps.0.repeats=3
    """
    import yaml

    from tasks.config.spec_file import load_spec

    checked = load_spec(spec, overrides or ())
    typer.echo(yaml.safe_dump(checked.model_dump(mode="json"), sort_keys=False, allow_unicode=True), nl=False)
