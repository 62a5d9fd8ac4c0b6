"""The command `servegauge schema`."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of a spec, for editors.

    An editor with the YAML language server (VS Code, Neovim, Emacs and others) completes and checks a spec
    whose first line names the schema. The bundled specs and those of `servegauge init` have that line.
    A spec beside a copy of the schema has this one:

    \b
      # yaml-language-server: $schema=spec.schema.json

    \b
    Example:
      servegauge schema > spec.schema.json
    """
    from tasks.config.spec_schema import schema_text

    typer.echo(schema_text(), nl=False)
