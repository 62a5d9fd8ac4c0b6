"""Writes the table of figures in docs/metrics.md (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from tasks.config.home import checkout
from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.text import between_markers

BEGIN = "<!-- figures: made by `make docs` -->"
END = "<!-- end of figures -->"


def figure_table() -> str:
    """Return a Markdown table of all figures in the registry's order; some figures share a row."""
    lines = ["| figure | unit | definition |", "|---|---|---|"]
    for figure in FIGURES:
        unit = "s" if figure.name.endswith("_s") else figure.notation.unit
        line = f"| `{figure.documented_as or figure.name}` | {unit} | {figure.definition} |"
        if line not in lines:
            lines.append(line)
    return "\n".join(lines)


def with_figure_table(page: str) -> str:
    """Replace the table between the page's markers; raise ValueError if a marker is missing."""
    return between_markers(page, BEGIN, END, figure_table())


def metrics_page() -> Path:
    """Return the path of the page that defines every figure."""
    return checkout() / "docs" / "metrics.md"


if __name__ == "__main__":
    file = metrics_page()
    file.write_text(with_figure_table(file.read_text(encoding="utf-8")), encoding="utf-8")
