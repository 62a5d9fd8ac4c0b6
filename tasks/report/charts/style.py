"""How charts look, and how they become SVG that takes its colours and letters from the page around it."""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib.figure import Figure

# matplotlib writes these colours into the SVG; the page's variables take their place there
INK, GRID, MAIN, SECOND, THIRD = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {INK: "--ink-soft", GRID: "--line", MAIN: "--main", SECOND: "--second", THIRD: "--third"}
STYLE = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 2,
    "lines.markersize": 5.5,
    "legend.frameon": False,
    "legend.fontsize": 9,
}
_SVG_EDITS = (
    (re.compile(r' (?:width|height)="[^"]+pt"'), ""),
    (re.compile(r"<style.*?</style>", re.DOTALL), ""),
    (re.compile(r" font-family: [^;\"]+;?"), ""),
    # ids of matplotlib's groups are the same in every chart of a page; nothing refers to them
    (re.compile(r' id="[a-z0-9.]+_\d+"'), ""),
)


def svg(figure: Figure, alt: str) -> str:
    """The figure as an `svg` element: as wide as the page lets it be, in the page's letters and colours."""
    content = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(content, format="svg", transparent=True, metadata=nothing)
    drawn = content.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    for pattern, better in _SVG_EDITS:
        drawn = pattern.sub(better, drawn)
    for colour, variable in _VARIABLES.items():
        drawn = drawn.replace(colour, f"var({variable})")
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
