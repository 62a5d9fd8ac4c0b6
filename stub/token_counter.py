"""Counting the tokens of a prompt, outside the event loop where that takes time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from stub.options import Options
from stub.prefix_cache import PrefixCache
from stub.request_body import RequestBody

if TYPE_CHECKING:
    from jinja2 import Template
    from tokenizers import Tokenizer


class TokenCounter:
    """Counts with a tokenizer, or by words. The option `prompt_tokens` replaces the count."""

    def __init__(self, options: Options) -> None:
        """Load the tokenizer that the options name, if any. Raises OSError if its files cannot be read."""
        self._constant = options.prompt_tokens
        self._cache = PrefixCache() if options.prefix_cache else None
        self._tokenizer: Tokenizer | None = None
        self._template: Template | None = None
        if options.tokenizer is None:
            return
        from tokenizers import Tokenizer  # takes 0.1 s, and most tests need none

        folder = Path(options.tokenizer)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._template = _load_chat_template(folder)
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="token-counter")

    async def count(self, body: RequestBody) -> tuple[int, int]:
        """Return the tokens of the prompt, with the chat template applied, and how many are cached."""
        if self._constant is not None:
            return self._constant, 0
        if body.prompt.token_ids is not None:
            return body.prompt.token_ids, 0
        tokens = await self._tokens(body)
        return len(tokens), self._cache.hit(tokens) if self._cache else 0

    async def _tokens(self, body: RequestBody) -> Sequence[int | str]:
        if self._tokenizer is None:
            return body.prompt.text.split()
        text = body.prompt.text
        if body.chat and self._template is not None:
            text = self._template.render(messages=body.prompt.messages, add_generation_prompt=True)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _encode, self._tokenizer, text)


def _encode(tokenizer: Tokenizer, text: str) -> list[int]:
    # The batch call releases the interpreter lock. `encode` does not.
    ids: list[int] = tokenizer.encode_batch([text])[0].ids
    return ids


def _load_chat_template(folder: Path) -> Template | None:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    text = None
    template_file, config = folder / "chat_template.jinja", folder / "tokenizer_config.json"
    if template_file.is_file():
        text = template_file.read_text("utf-8")
    elif config.is_file():
        text = json.loads(config.read_text("utf-8")).get("chat_template")
    if not text:
        return None
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(text)
