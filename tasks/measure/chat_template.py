"""Checks, before any load is sent, that the tokenizer has the chat template that random chat prompts need."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tasks.config.sweep import Sweep
from tasks.errors import InputError

CONFIG = "tokenizer_config.json"
TEMPLATES = ("chat_template.jinja", "chat_template.json", "additional_chat_templates", "tekken.json")
"""Files that contain a chat template, or a tokenizer that needs none (tekken.json)."""


def check_chat_template(tokenizer: str, sweeps: Iterable[Sweep]) -> None:
    """Check a tokenizer's folder if a sweep sends random prompts as chat messages.

    Skip a tokenizer that is named by its hub ID: its files may not be on this machine yet.

    Raises:
        InputError: the tokenizer has no chat template; the message names the file that lacks it.
    """
    folder = Path(tokenizer)
    random_chats = [sweep for sweep in sweeps if sweep.endpoint == "chat" and sweep.has_random_prompts]
    if not random_chats or not folder.is_dir() or _has_template(folder):
        return
    raise InputError(
        f"sweep {random_chats[0].name}: {folder / CONFIG} has no chat_template, which random prompts need to "
        "be sent as chat messages",
        "set server.tokenizer to a folder with a chat template, or the sweep's `endpoint` to completions or "
        "its `dataset` to openqa",
    )


def _has_template(folder: Path) -> bool:
    if any((folder / name).exists() for name in TEMPLATES):
        return True
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True  # loading the tokenizer reports what is wrong with the file
    # A tokenizer with custom code may build chat prompts without a template.
    return not isinstance(config, dict) or bool(config.get("chat_template") or config.get("auto_map"))
