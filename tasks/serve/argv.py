"""The command line and the environment variables of a server, as data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from tasks.config.server import ArgValue, VllmServer
from tasks.errors import InputError
from tasks.provision.results import Environment, Model

OWNED_FLAGS = {
    "model": "server.model",
    "served-model-name": "server.served_name",
    "host": "nothing: servers answer on 127.0.0.1",
    "port": "server.port",
    "api-key": "nothing: a random key is made for each server",
}
MODULE = "vllm.entrypoints.openai.api_server"
OWNED_VARIABLE = "VLLM_API_KEY"
# Settings and secrets of the pipeline itself, and what names the wrong Python to the server's.
KEPT_BACK = ("PREFECT_", "SWANLAB_", "SERVEGAUGE_", "PYTHONHOME", "VIRTUAL_ENV")


def serve_argv(server: VllmServer, model: Model, environment: Environment, port: int) -> tuple[str, ...]:
    """The command that serves `model` on 127.0.0.1:`port`; it holds no secret.

    Raises:
        InputError: `server.args` has a flag that the pipeline sets itself.
    """
    flags: dict[str, tuple[str, ArgValue]] = {_plain(key): (key, value) for key, value in model.args.items()}
    for key, value in server.args.items():
        if instead := OWNED_FLAGS.get(_plain(key)):
            raise InputError(f"server.args.{key}: this flag is set by the pipeline", f"use {instead}")
        flags[_plain(key)] = (key, value)
    return (
        *(str(environment.python), "-m", MODULE),
        *("--model", model.weights, "--served-model-name", server.name),
        *("--host", "127.0.0.1", "--port", str(port)),
        *(word for key, value in flags.values() for word in _words(key, value)),
    )


def server_env(
    server: VllmServer, model: Model, environment: Environment, api_key: str, base: Mapping[str, str]
) -> dict[str, str]:
    """The server's variables: `base` without the pipeline's own, then the model's, the spec's, the key.

    Raises:
        InputError: `server.env` sets the key, which the pipeline does.
    """
    if OWNED_VARIABLE in server.env:
        raise InputError(
            f"server.env.{OWNED_VARIABLE}: this variable is set by the pipeline",
            "leave it out: a random key is made for each server",
        )
    env = {name: value for name, value in base.items() if not name.startswith(KEPT_BACK)}
    env |= {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"} | model.env | server.env
    # Not resolved: in a virtual environment the interpreter is a link, and its tools lie beside the link.
    beside = str(environment.python.parent)
    env["PATH"] = os.pathsep.join(part for part in (beside, env.get("PATH", os.defpath)) if part)
    return env | {OWNED_VARIABLE: api_key}


def _plain(key: str) -> str:
    return key.split("=")[0].strip().lower().replace("_", "-")


def _words(key: str, value: ArgValue) -> Iterator[str]:
    if value is None or value is False or value == []:
        return
    flag = f"--{key}"
    if value is True:
        yield flag
    elif isinstance(value, list):
        yield from (flag, *value)
    elif str(value).startswith("-"):  # else the parser would take the value for a flag
        yield f"{flag}={value}"
    else:
        yield from (flag, str(value))
