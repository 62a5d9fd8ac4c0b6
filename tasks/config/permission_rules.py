"""What each field of a spec needs before a caller of Prefect's API may choose it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.config.home import checkout, expanded, home
from tasks.config.spec_file import SPECS

SPECS_FOLDER = "SERVEGAUGE_SPECS"
"""The variable with the folder of the operator's specs."""
COMMANDS, ENVIRONMENTS, ENV, FLAGS = "commands", "environments", "env", "flags"
REMOTE_CODE, PATHS, URLS, SECRETS, BLOCKS = "remote-code", "paths", "urls", "secrets", "blocks"
PERMISSIONS = {
    COMMANDS: "server.kind: command and server.command",
    ENVIRONMENTS: "environment: the path of an interpreter, or an image",
    ENV: "server.env, and the variables of a run's process",
    FLAGS: "server.args beside those of SAFE_FLAGS",
    REMOTE_CODE: "trust_remote_code, and another model where the spec has it",
    PATHS: "spec files, models, tokenizers, questions and results outside the operator's folders",
    URLS: "server.kind: endpoint, server.url and track.swanlab.host",
    SECRETS: "server.api_key_env, server.headers and track.swanlab.api_key_env",
    BLOCKS: "blocks.host and blocks.results, whose content every caller of the API can write",
}
"""What the operator can allow, and the fields that each is about."""
SAFE_FLAGS = frozenset(
    {
        "async-scheduling",
        "attention-backend",
        "block-size",
        "cpu-offload-gb",
        "data-parallel-size",
        "dtype",
        "enable-chunked-prefill",
        "enable-expert-parallel",
        "enable-prefix-caching",
        "enforce-eager",
        "gpu-memory-utilization",
        "kv-cache-dtype",
        "max-model-len",
        "max-num-batched-tokens",
        "max-num-seqs",
        "pipeline-parallel-size",
        "quantization",
        "reasoning-parser",
        "seed",
        "swap-space",
        "tensor-parallel-size",
    }
)
"""Flags of vLLM whose values are numbers and words of its own; others load code or read files."""
WORD = re.compile(r"[A-Za-z0-9][\w-]*")
Need = Callable[[str, Any], str | None]
"""Takes a field's path and its new value; returns the permission that it needs, None for none."""


def permission_for(path: str, value: Any) -> str | None:
    """The permission that a new value of a field needs; None where every caller may choose it."""
    parts = ["*" if part.isdigit() else part for part in path.split(".")]
    for length in range(len(parts), 0, -1):
        need = NEEDS.get(".".join(parts[:length]))
        if need:
            return need(path, value)
    return COMMANDS  # a field that nobody has judged


def _free(path: str, value: Any) -> None:
    """Every caller may choose it."""


def _always(permission: str) -> Need:
    """A field that always needs the permission, unless it is left out."""

    def need(path: str, value: Any) -> str | None:
        return None if value in (None, (), {}) else permission

    return need


def _argument(path: str, value: Any) -> str | None:
    """A text that becomes an argument of the server's command: there it must not be another flag."""
    return FLAGS if str(value).startswith("-") else None


def _kind(path: str, value: Any) -> str | None:
    return {"command": COMMANDS, "endpoint": URLS}.get(str(value))


def _environment(path: str, value: Any) -> str | None:
    return None if value in environment_names() else ENVIRONMENTS


def environment_names() -> tuple[str | None, ...]:
    """The environments that every caller may choose: the bundled ones, `current` and none."""
    files = (checkout() / "deployments" / "environments").glob("*.in")
    return (None, "current", *sorted(file.stem for file in files))


def _file(path: str, value: Any) -> str | None:
    return PATHS if value and not is_readable(Path(str(value))) else None


def _model(path: str, value: Any) -> str | None:
    """A model or a tokenizer: an id of a hub, or a folder."""
    text = str(value)
    is_path = text.startswith((".", "/", "~")) or text.endswith(".gguf") or ".." in text.split("/")
    return _file(path, value) if value and is_path else _argument(path, value)


def _dataset(path: str, value: Any) -> str | None:
    return _file(path, value) if str(value).endswith(".jsonl") else None


def _flag(path: str, value: Any) -> str | None:
    parts = path.split(".", 3)
    flag = (parts[2] if len(parts) > 2 else "").replace("_", "-").removeprefix("no-")
    if flag == "trust-remote-code":
        return REMOTE_CODE if value else None
    is_word = isinstance(value, bool | int | float | None) or bool(WORD.fullmatch(str(value)))
    return None if not flag or (flag in SAFE_FLAGS and is_word) else FLAGS


NEEDS: dict[str, Need] = {
    "name": _free,
    "description": _free,
    "environment": _environment,
    "server.kind": _kind,
    "server.model": _model,
    "server.tokenizer": _model,
    "server.revision": _argument,
    "server.served_name": _argument,
    "server.args": _flag,
    "server.command": _always(COMMANDS),
    "server.env": _always(ENV),
    "server.url": _always(URLS),
    "server.api_key_env": _always(SECRETS),
    "server.headers": _always(SECRETS),
    "sweeps": _free,
    "sweeps.*.dataset": _dataset,
    "accuracy": _free,
    "accuracy.*.path": _file,
    "gate": _free,
    "track.swanlab": _free,
    "track.swanlab.host": _always(URLS),
    "track.swanlab.api_key_env": _always(SECRETS),
    "blocks.swanlab": _free,
    "blocks.hub": _free,
    "blocks.results": _always(BLOCKS),
    "blocks.host": _always(BLOCKS),
    "server.hub": _free,
    "server.answers_as": _free,
    "server.device": _free,
    "server.gpus": _free,
    "server.port": _free,
    "server.startup_timeout_s": _free,
    "server.hang_timeout_s": _free,
    "server.stall_timeout_s": _free,
    "server.price_per_hour": _free,
    "server.engine": _free,
    "server.version": _free,
    "server.ready": _free,
    "server.gpu_memory": _free,
}
"""The rule of each field, by its path or the beginning of it. A field without one is refused."""


def is_readable(file: Path) -> bool:
    """Whether a file is bundled, in the operator's folder of specs, or a model that is kept here."""
    folders = [SPECS.parent, home() / "models"]
    if os.environ.get(SPECS_FOLDER):
        folders.append(expanded(os.environ[SPECS_FOLDER]))
    return any(is_below(file, folder) for folder in folders)


def is_below(path: Path, folder: Path) -> bool:
    """Whether a path is the folder or in it, links followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, a null character
        return False
