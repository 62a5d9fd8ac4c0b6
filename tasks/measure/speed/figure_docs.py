"""Writes the table of figures in docs/metrics.md (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from tasks.config.home import checkout
from tasks.measure.speed.figures import FIGURES

BEGIN = "<!-- figures: made by `make docs` -->"
END = "<!-- end of figures -->"


def figure_table() -> str:
    """A Markdown row for each figure, in the registry's order; figures documented together share one."""
    lines = ["| figure | unit | definition |", "|---|---|---|"]
    for figure in FIGURES:
        unit = "s" if figure.name.endswith("_s") else figure.notation.unit
        line = f"| `{figure.documented_as or figure.name}` | {unit} | {figure.definition} |"
        if line not in lines:
            lines.append(line)
    return "\n".join(lines)


def with_figure_table(page: str) -> str:
    """The page with the table between its markers replaced. Raises ValueError where a marker is missing."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{figure_table()}\n{END}{after}"


def metrics_page() -> Path:
    """The page that defines every figure."""
    return checkout() / "docs" / "metrics.md"


if __name__ == "__main__":
    file = metrics_page()
    file.write_text(with_figure_table(file.read_text(encoding="utf-8")), encoding="utf-8")
