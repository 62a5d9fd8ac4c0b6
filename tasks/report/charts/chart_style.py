"""The style of the charts, and their conversion to SVG with the colours and fonts of the page."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tasks.measure.speed.figures.figure_registry import BY_NAME

# Placeholders. to_svg replaces them by CSS variables of the page, which has a dark and a light theme.
INK, GRID, MAIN, SECOND, THIRD, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
_VARIABLES = {
    INK: "--ink-soft",
    GRID: "--line",
    MAIN: "--main",
    SECOND: "--second",
    THIRD: "--third",
    PAPER: "--card",
}
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
LEGEND = {"loc": "lower right", "handlelength": 1.8, "borderpad": 0}
"""Arguments of `Axes.legend` that every chart shares."""
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_SVG_EDITS = (
    (re.compile(r' (?:width|height)="[^"]+pt"'), ""),
    (re.compile(r"<style.*?</style>", re.DOTALL), ""),
    (re.compile(r" font-family: [^;\"]+;?"), ""),
    # Remove the ids of matplotlib's groups: they repeat in every chart, and nothing refers to them.
    (re.compile(r' id="[a-z0-9.]+_\d+"'), ""),
)


def set_number_ticks(axes: Any) -> None:
    """Label the y axis with few, plain numbers."""
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick_text))


def to_svg(figure: Figure, alt: str) -> str:
    """Return the figure as an `svg` element that takes its width, fonts and colours from the page.

    Args:
        figure: a figure drawn with STYLE.
        alt: the text for screen readers.
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata=_NO_METADATA)
    text = file.getvalue()
    svg = text[text.index("<svg") :]
    for pattern, replacement in _SVG_EDITS:
        svg = pattern.sub(replacement, svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def time_title(time: str) -> str:
    """Return a panel's title with the unit, such as `TTFT, ms`."""
    name = "Latency" if time == "latency" else time.upper()
    return f"{name}, {BY_NAME[f'{time}_mean_s'].notation.unit}"


def statistic_label(statistic: str) -> str:
    """Return a statistic as charts show it, such as `mean` or `P95`."""
    return statistic if statistic == "mean" else statistic.upper()


def _tick_text(value: float, position: int | None) -> str:
    """Return a tick's label. matplotlib passes the unused `position`."""
    return f"{value:,.10g}"
