"""Counting a prompt's tokens, off the event loop where that takes time."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.stub.ask import Ask
from tests.stub.options import Options


class TokenCounter:
    """Counts with the option's fixed figure, a tokenizer folder, or else by words."""

    def __init__(self, options: Options) -> None:
        """Load the tokenizer, if any; raises OSError or ValueError when its folder holds none."""
        self._fixed = options.prompt_tokens
        self._tokenizer = None
        self._template = None
        if options.tokenizer is None:
            return
        from tokenizers import Tokenizer  # 0.1 s, wanted by few

        folder = Path(options.tokenizer)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._template = _chat_template(folder)
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="count")

    async def count(self, ask: Ask) -> int:
        """The prompt's length in tokens, the chat template included."""
        if self._fixed is not None:
            return self._fixed
        if ask.prompt_ids is not None:
            return ask.prompt_ids
        if self._tokenizer is None:
            return len(ask.prompt.split())
        text = ask.prompt
        if ask.chat and self._template is not None:
            text = self._template.render(messages=ask.messages, add_generation_prompt=True)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._encode, text)

    def _encode(self, text: str) -> int:
        # The batch call, unlike `encode`, lets go of the interpreter lock.
        return len(self._tokenizer.encode_batch([text])[0].ids)


def _chat_template(folder: Path) -> Any:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own = folder / "chat_template.jinja"
    config = folder / "tokenizer_config.json"
    text = own.read_text("utf-8") if own.is_file() else None
    if text is None and config.is_file():
        text = json.loads(config.read_text("utf-8")).get("chat_template")
    return (
        ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(text)
        if text
        else None
    )
