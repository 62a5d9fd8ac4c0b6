"""The permission that a caller of Prefect's API needs to change each field of a spec."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.config.home import checkout, expanded, home, looks_like_path
from tasks.config.spec_file import SPECS

SPECS_FOLDER = "SERVEGAUGE_SPECS"
"""Environment variable that names the folder of the operator's specs."""
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
    SECRETS: "server.api_key_env, server.headers, blocks.endpoint, track.swanlab.api_key_env and "
    "track.mlflow.uri, which gets the worker's MLflow credentials",
    BLOCKS: "blocks.host and blocks.results, whose content every caller of the API can write",
}
"""Every permission that the operator can give, with the fields that it unlocks."""
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
"""vLLM flags that take only numbers and fixed words. Other flags may load code or read files."""
WORD = re.compile(r"[A-Za-z0-9][\w-]*")
Need = Callable[[str, Any], str | None]
"""A rule: takes a field's path and new value; returns the permission needed, or None."""


def permission_for(path: str, value: Any) -> str | None:
    """Return the permission that a new value of a field needs; None if every caller may set it."""
    parts = ["*" if part.isdigit() else part for part in path.split(".")]
    for length in range(len(parts), 0, -1):
        need = NEEDS.get(".".join(parts[:length]))
        if need:
            return need(path, value)
    return COMMANDS  # no rule covers this field


def _free(path: str, value: Any) -> None:
    """Return None: every caller may set the field."""


def _always(permission: str) -> Need:
    """Return a rule that asks for the permission unless the value is empty."""

    def need(path: str, value: Any) -> str | None:
        return None if value in (None, (), {}) else permission

    return need


def _sandbox(path: str, value: Any) -> str | None:
    return COMMANDS if value else None


def _argument(path: str, value: Any) -> str | None:
    """Return FLAGS for a text that the server's command line would parse as another flag."""
    return FLAGS if str(value).startswith("-") else None


def _kind(path: str, value: Any) -> str | None:
    return {"command": COMMANDS, "endpoint": URLS}.get(str(value))


def _environment(path: str, value: Any) -> str | None:
    return None if value in environment_names() else ENVIRONMENTS


def environment_names() -> tuple[str | None, ...]:
    """Return the environments that every caller may choose: the bundled ones, `current` and None."""
    files = (checkout() / "deployments" / "environments").glob("*.in")
    return (None, "current", *sorted(file.stem for file in files))


def _file(path: str, value: Any) -> str | None:
    return PATHS if value and not is_readable(Path(str(value))) else None


def _model(path: str, value: Any) -> str | None:
    """Return the permission for a model or tokenizer, which is a hub id or a path."""
    text = str(value)
    is_path = looks_like_path(text) or text.endswith(".gguf") or ".." in text.split("/")
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
    "sweeps.*.lengths": _file,
    "sweeps.*.conversation.file": _file,
    "sweeps.*.load.*.trace": _file,
    "sweeps.*.load.trace": _file,
    "accuracy": _free,
    "accuracy.*.path": _file,
    "accuracy.*.evalscope": _always(COMMANDS),
    "accuracy.*.judge": _always(URLS),
    "accuracy.*.judge.api_key_env": _always(SECRETS),
    "accuracy.*.sandbox": _sandbox,
    "gate": _free,
    "track.mlflow": _free,
    "track.mlflow.uri": _always(SECRETS),
    "track.swanlab": _free,
    "track.swanlab.host": _always(URLS),
    "track.swanlab.api_key_env": _always(SECRETS),
    "blocks.swanlab": _free,
    "blocks.mlflow": _free,
    "blocks.hub": _free,
    "blocks.endpoint": _always(SECRETS),
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
"""Rules by path or path prefix; the longest match applies. A field without a rule needs COMMANDS."""


def is_readable(file: Path) -> bool:
    """Return whether a file is bundled, in the operator's spec folder, or in `home()/models`."""
    folders = [SPECS.parent, home() / "models"]
    if os.environ.get(SPECS_FOLDER):
        folders.append(expanded(os.environ[SPECS_FOLDER]))
    return any(is_below(file, folder) for folder in folders)


def is_below(path: Path, folder: Path) -> bool:
    """Return whether a path is the folder or inside it, after following links."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, a null character
        return False
