"""docs/commands.md names every command."""

from __future__ import annotations

import pytest
import typer

from cli import main
from tasks.config.home import checkout

PAGE = (checkout() / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(typer.main.get_command(main.app).commands))  # type: ignore[attr-defined]
def test_the_page_lists_the_command(command: str) -> None:
    table = PAGE.partition("\n\nExit codes")[0]
    assert f"`servegauge {command}" in table or f"`{command}`" in table
