"""The command line and the environment variables of a server, as data."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tasks.config.hubs import HUB_SITES
from tasks.config.server import ManagedServer
from tasks.config.trackers import Track
from tasks.errors import InputError
from tasks.provision.engine_build import program_path
from tasks.provision.provisioned import Environment, Model
from tasks.serve.engines.engine_registry import engine_of
from tasks.serve.loopback import HOST

CUDA_VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES"
# Variables that servers do not inherit: settings and secrets of the pipeline, and paths of another Python.
# Neither the engine nor a model's code needs a token, because the model is on disk before the server starts.
WITHHELD_PREFIXES = (
    *("PREFECT_", "SERVEGAUGE_", "PYTHONHOME", "VIRTUAL_ENV", "AWS_", "HUGGING_FACE_HUB_TOKEN"),
    *(site.token_variable for site in HUB_SITES.values()),
    *(f"{tracker.upper()}_" for tracker in Track.model_fields),
)


def check_owned(server: ManagedServer) -> None:
    """Refuse flags and variables that the pipeline sets itself.

    Raises:
        InputError: `server.args` or `server.env` sets one.
    """
    engine = engine_of(server)
    for flag in engine.flags:
        replacement = engine.owned_flags.get(_normalized(flag))
        if replacement:
            raise InputError(f"server.args.{flag}: this flag is set by the pipeline", f"use {replacement}")
    key = engine.key_variable
    if key in server.env:
        raise InputError(
            f"server.env.{key}: this variable is set by the pipeline",
            "leave it out: a random key is made for each server",
        )


def serve_argv(server: ManagedServer, model: Model, environment: Environment, port: int) -> tuple[str, ...]:
    """Return the command that serves `model` on 127.0.0.1:`port`; it contains no secret.

    Raises:
        InputError: as `engine_argv`, or the command's program does not exist.
    """
    python = str(environment.python)
    program, *arguments = engine_argv(server, model, python, HOST, port)
    if program != python:
        program = str(program_path(program, environment.python))
    return (program, *arguments)


def engine_argv(server: ManagedServer, model: Model, python: str, host: str, port: int) -> tuple[str, ...]:
    """Return the engine's command, as `Engine.argv`.

    Raises:
        InputError: as `check_owned`.
    """
    check_owned(server)
    return engine_of(server).argv(model, python, host, port)


def engine_variables(server: ManagedServer, model: Model, api_key: str) -> dict[str, str]:
    """Return the variables of the engine, the model and the spec, and the one with the API key.

    Raises:
        InputError: as `check_owned`.
    """
    check_owned(server)
    engine = engine_of(server)
    variables = {**engine.variables, **model.env, **server.env}
    if engine.key_variable:
        variables[engine.key_variable] = api_key
    return variables


def server_env(
    server: ManagedServer, model: Model, environment: Environment, api_key: str, inherited: Mapping[str, str]
) -> dict[str, str]:
    """Return all environment variables of a server.

    These are the `inherited` ones without the pipeline's own, then those of `engine_variables`. An engine for
    CPUs gets an empty CUDA_VISIBLE_DEVICES, so that it cannot use a GPU that was not locked for it.

    Raises:
        InputError: as `check_owned`.
    """
    env = {name: value for name, value in inherited.items() if not name.startswith(WITHHELD_PREFIXES)}
    if environment.build.device == "cpu":
        env[CUDA_VISIBLE_DEVICES] = ""
    env |= engine_variables(server, model, api_key)
    if environment.python:
        # Keep links: a virtual environment's interpreter is a link, and its tools are in the link's folder.
        folders = [str(environment.python.parent), env.get("PATH", os.defpath)]
        env["PATH"] = os.pathsep.join(folder for folder in folders if folder)
    return env


def _normalized(flag: str) -> str:
    return flag.split("=")[0].strip().lower().replace("_", "-")
