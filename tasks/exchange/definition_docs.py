"""Writes the table of definitions in docs/import.md (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from tasks.config.home import checkout
from tasks.exchange.tools import OWN, TOOLS
from tasks.text import between_markers

BEGIN = "<!-- definitions: made by `make docs` -->"
END = "<!-- end of definitions -->"
DIRECTION = {-1: "lower", 0: "", 1: "higher"}


def definitions_table() -> str:
    """Return a Markdown table of all figures, each by every tool that has it."""
    lines = ["| figure | tool | definition | than ours by that alone |", "|---|---|---|---|"]
    for figure in TOOLS[OWN].definitions:
        for tool in TOOLS.values():
            if figure in tool.definitions:
                definition = tool.definitions[figure]
                direction = DIRECTION[(definition.excess > 0) - (definition.excess < 0)]
                lines.append(f"| {figure} | {tool.name} | {definition.text} | {direction} |")
    return "\n".join(lines)


def with_definitions(page: str) -> str:
    """Replace the table between the page's markers; raise ValueError if a marker is missing."""
    return between_markers(page, BEGIN, END, definitions_table())


def import_page() -> Path:
    """Return the path of the page about imports."""
    return checkout() / "docs" / "import.md"


if __name__ == "__main__":
    file = import_page()
    file.write_text(with_definitions(file.read_text(encoding="utf-8")), encoding="utf-8")
