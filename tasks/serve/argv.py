"""The command line and the environment variables of a server, as data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from tasks.config.server import ArgValue, CommandServer, OwnServer, VllmServer
from tasks.errors import InputError
from tasks.provision.engine_build import program_path
from tasks.provision.provisioned import Environment, Model

OWNED_FLAGS = {
    "model": "server.model",
    "served-model-name": "server.served_name",
    "host": "nothing: servers answer on 127.0.0.1",
    "port": "server.port",
    "api-key": "nothing: a random key is made for each server",
    "hf-token": "the variable HF_TOKEN, which fetches the model",
}
MODULE = "vllm.entrypoints.openai.api_server"
VLLM_KEY = "VLLM_API_KEY"
HOST = "127.0.0.1"
VISIBLE = "CUDA_VISIBLE_DEVICES"
# Settings and secrets of the pipeline itself, and what names the wrong Python to the server's. The model is
# there already: an engine, and the code that comes with a model, needs no token of a hub or a bucket.
KEPT_BACK = (
    *("PREFECT_", "SWANLAB_", "SERVEGAUGE_", "PYTHONHOME", "VIRTUAL_ENV"),
    *("AWS_", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "MODELSCOPE_API_TOKEN"),
)


def check_owned(server: OwnServer) -> None:
    """Raises InputError where a spec sets a flag or a variable that the pipeline sets itself."""
    for flag in server.args if isinstance(server, VllmServer) else ():
        if instead := OWNED_FLAGS.get(_plain(flag)):
            raise InputError(f"server.args.{flag}: this flag is set by the pipeline", f"use {instead}")
    if (key := key_variable(server)) in server.env:
        raise InputError(
            f"server.env.{key}: this variable is set by the pipeline",
            "leave it out: a random key is made for each server",
        )


def serve_argv(server: OwnServer, model: Model, environment: Environment, port: int) -> tuple[str, ...]:
    """The command that serves `model` on 127.0.0.1:`port`; it holds no secret.

    Raises:
        InputError: as `engine_argv`, or a command's program is not there.
    """
    program, *words = engine_argv(server, model, str(environment.python), HOST, port)
    if isinstance(server, CommandServer):
        program = str(program_path(program, environment.python))
    return (program, *words)


def engine_argv(server: OwnServer, model: Model, python: str, host: str, port: int) -> tuple[str, ...]:
    """vLLM's module run by `python`, or the spec's own command, listening on `host`.

    Raises:
        InputError: `server.args` has a flag that the pipeline sets itself.
    """
    if isinstance(server, CommandServer):
        values = {"model": model.weights, "served_name": server.name, "host": host, "port": str(port)}
        return server.words(values)
    check_owned(server)
    return (
        *(python, "-m", MODULE),
        *("--model", model.weights, "--served-model-name", server.name),
        *("--host", host, "--port", str(port)),
        *(word for key, value in server.args.items() for word in _words(key, value)),
    )


def engine_variables(server: OwnServer, model: Model, api_key: str) -> dict[str, str]:
    """What is set for the engine: the model's variables, the spec's, the key.

    Raises:
        InputError: as `check_owned`.
    """
    check_owned(server)
    key = key_variable(server)
    env = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"} | model.env | server.env
    return env | ({key: api_key} if key else {})


def key_variable(server: OwnServer) -> str | None:
    """The variable from which the engine takes the key that it asks for; None: it asks for none."""
    return server.api_key_env if isinstance(server, CommandServer) else VLLM_KEY


def server_env(
    server: OwnServer, model: Model, environment: Environment, api_key: str, base: Mapping[str, str]
) -> dict[str, str]:
    """The server's variables: `base` without the pipeline's own, then `engine_variables`, which raises.

    An engine for CPUs is shown no GPU, so that it takes none that nobody locked.
    """
    env = {name: value for name, value in base.items() if not name.startswith(KEPT_BACK)}
    if environment.build.device == "cpu":
        env[VISIBLE] = ""
    env |= engine_variables(server, model, api_key)
    if environment.python:
        # Not resolved: in a virtual environment the interpreter is a link, and its tools lie beside the link.
        beside = str(environment.python.parent)
        env["PATH"] = os.pathsep.join(part for part in (beside, env.get("PATH", os.defpath)) if part)
    return env


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
