"""The sentences of the audit's checks in Chinese, by `chinese_checks.json`. What is recorded stays English.

The file has for each check its sentences, and the endings that they may have. `{}` stands for a figure or a
name; `(s)` for the plural of the noun before it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import product
from pathlib import Path

from tasks.report.page.chinese import in_chinese

EVERY_CHECK = "every check"
CHECKS_IN_CHINESE: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("chinese_checks.json").read_text(encoding="utf-8")
)
_MOST_ENDINGS = 2
_WORDS = CHECKS_IN_CHINESE[EVERY_CHECK]["words"]


def sentence_in_chinese(check: str | None, sentence: str) -> str | None:
    """Return the translation of a check's sentence, with its figures; None if it has none.

    Args:
        check: the check's name in the tables; None for a remark of no check.
        sentence: the sentence that is recorded.
    """
    if check not in CHECKS_IN_CHINESE:
        return in_chinese(sentence)
    for pattern, translation in _patterns(check):
        match = pattern.fullmatch(sentence)
        if match:
            return translation.format(*(_WORDS.get(word, word) for word in match.groups()))
    return None


@cache
def _patterns(check: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the check's sentences with every choice of endings as regular expressions, longest first."""
    own, common = CHECKS_IN_CHINESE[check], CHECKS_IN_CHINESE[EVERY_CHECK]["sentences"]
    endings = [("", ""), *own.get("endings", {}).items()]
    texts = list(common.items())
    for (english, chinese), *chosen in product(own["sentences"].items(), *[endings] * _MOST_ENDINGS):
        texts.append(
            (english + "".join(end for end, _ in chosen), chinese + "".join(end for _, end in chosen))
        )
    texts.sort(key=lambda text: len(text[0]), reverse=True)
    return [(_pattern(english), chinese) for english, chinese in texts]


def _pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text).replace(re.escape("(s)"), "s?")
    return re.compile(escaped.replace(re.escape("{}"), "(.+?)"), re.DOTALL)
