"""The texts of the page in Chinese. `chinese.json` maps each English text to its translation.

`{}` in a text stands for a name, such as that of a sweep, which is not translated.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from tasks.text import printable

CHINESE: dict[str, str] = json.loads(Path(__file__).with_name("chinese.json").read_text(encoding="utf-8"))


def in_chinese(text: str) -> str | None:
    """Return the translation of a text; None if it has none."""
    if text in CHINESE:
        return CHINESE[text]
    for pattern, translation in _patterns():
        match = pattern.fullmatch(text)
        if match:
            return translation.format(*match.groups())
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
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the texts with names in them as regular expressions, the most specific one first."""
    patterns = []
    for text in sorted(CHINESE, key=len, reverse=True):
        if "{}" in text:
            parts = map(re.escape, text.split("{}"))
            patterns.append((re.compile("(.+)".join(parts)), CHINESE[text]))
    return patterns
