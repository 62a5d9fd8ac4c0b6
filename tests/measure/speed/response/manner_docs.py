"""The tables of docs/odd-servers.md; `make docs` runs this module, which writes them there."""

from __future__ import annotations

from pathlib import Path

from stub.manners.manner_registry import GROUPS
from tasks.config.home import checkout
from tasks.text import between_markers

DOCS = "docs/odd-servers.md"
BEGIN, END = "<!-- manners: made by `make docs` -->", "<!-- end of manners -->"


def tables() -> str:
    """The manners as tables in Markdown."""
    lines = []
    for title, manners in GROUPS.items():
        lines += [f"\n### {title}", "| manner | the server | outcome |", "|---|---|---|"]
        lines += [f"| `{manner.name}` | {manner.what} | {manner.outcome} |" for manner in manners]
    return "\n".join(lines)


def docs_path() -> Path:
    """The page that lists the manners."""
    return checkout() / DOCS


def main() -> None:
    """Replace the tables of the page."""
    page = docs_path().read_text(encoding="utf-8")
    docs_path().write_text(between_markers(page, BEGIN, END, tables()), encoding="utf-8")


if __name__ == "__main__":
    main()
