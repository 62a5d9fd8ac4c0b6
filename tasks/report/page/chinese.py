"""The texts of the page in Chinese. `chinese.json` maps each English text to its translation.

`{}` in a text stands for a name. The title of a figure is translated; names of sweeps, sets and runs are not.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.text import printable

CHINESE: dict[str, str] = json.loads(Path(__file__).with_name("chinese.json").read_text(encoding="utf-8"))


def in_chinese(text: str) -> str | None:
    """Return the translation of a text; None if it has none."""
    exact = CHINESE.get(text) or _figures().get(text)
    if exact:
        return exact
    for pattern, translation in _patterns():
        match = pattern.fullmatch(text)
        if match:
            return translation.format(*(_figures().get(name, name) for name in match.groups()))
    return None


def in_both_languages(text: str, *names: str) -> Markup:
    """Return a text in English and in Chinese, of which the page shows one; escaped.

    Args:
        text: the text.
        names: what stands for each `{}` in it.
    """
    text = text.format(*names) if names else text
    return both(text, in_chinese(text))


def both(text: str, chinese: str | None) -> Markup:
    """Return a text and its translation, of which the page shows one; escaped."""
    if chinese is None or chinese == text:
        return escape(printable(text))
    english = Markup('<span class="en">{}</span>').format(printable(text))
    return english + Markup('<span class="zh" lang="zh-CN">{}</span>').format(printable(chinese))


@cache
def _figures() -> dict[str, str]:
    """Return the titles of all figures whose headers have a translation, with their units."""
    return {
        figure.title: f"{CHINESE[figure.header]}（{figure.notation.unit}）"
        for figure in FIGURES
        if figure.header in CHINESE
    }


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the texts with names in them as regular expressions, the most specific one first."""
    patterns = []
    for text in sorted(CHINESE, key=len, reverse=True):
        if "{}" in text:
            parts = map(re.escape, text.split("{}"))
            patterns.append((re.compile("(.+)".join(parts)), CHINESE[text]))
    return patterns
