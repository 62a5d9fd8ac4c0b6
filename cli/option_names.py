"""Names an option where an error names the field of the spec that the option sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.errors import ServegaugeError

OPTIONS = {
    r"\bserver\.url\b": "--url",
    r"\bserver\.model\b": "--model",
    r"\bserver\.tokenizer\b": "--tokenizer",
    r"\b(server\.)?api_key_env\b": "--api-key-env",
    r"\bsweeps\.\d+\.input_tokens\b": "--input",
    r"\bsweeps\.\d+\.output_tokens\b": "--output",
    r"\bsweeps\.\d+\.load\.\d+\.(concurrency|rate|requests)\b": r"--\1",
}
"""The option of `bench` and `doctor` for each pattern of a field."""


def with_options(text: str) -> str:
    """Return a text with options in place of the fields that they set."""
    for field, option in OPTIONS.items():
        text = re.sub(field, option, text)
    return text


@contextmanager
def naming_options() -> Iterator[None]:
    """Name options in the errors that the block raises: whoever gave options knows no fields."""
    try:
        yield
    except ServegaugeError as error:
        error.what, error.remedy = with_options(error.what), with_options(error.remedy)
        raise
