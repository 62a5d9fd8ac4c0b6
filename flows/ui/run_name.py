"""The name of a flow run in Prefect's UI: what a person typed, or else what the run measures and when."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from coolname.data import config as prefect_words
from prefect.runtime import flow_run

_FORM_ADJECTIVES = (
    "Awesome|Ergonomic|Fantastic|Generic|Gorgeous|Handcrafted|Handmade|Incredible|Intelligent|Licensed|Practical"
    "|Refined|Rustic|Sleek|Small|Tasty|Unbranded"
)
_FORM_NAME = re.compile(rf"({_FORM_ADJECTIVES})-[A-Z]\D{{0,5}}")
"""The names that the run form fills in, such as Small-Mouse: an adjective and a short animal."""
# coolname comes with Prefect, which takes the words of its names from there.
_WORD_LISTS: dict[str, Any] = dict(prefect_words)
_SERVER_WORDS = frozenset(word for words in _WORD_LISTS.values() for word in words.get("words", ()))
"""The words of the names that Prefect's server and command make up, such as brave-panda."""


def run_name(*parts: str) -> str:
    """Return the name that a person gave the flow run; else `parts` and the time in UTC."""
    name = flow_run.name
    if name and not is_made_up(name):
        return str(name)
    return " · ".join((*parts, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"))


def is_made_up(name: str) -> bool:
    """Return whether Prefect made the name up, because nobody gave one."""
    if _FORM_NAME.fullmatch(name):
        return True
    words = name.split("-")
    return len(words) == 2 and _SERVER_WORDS.issuperset(words)
