"""The engine build of a spec's server, known before anything is built: name, version, digest, device."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from packaging.utils import canonicalize_name

from tasks.config.server import CommandServer, ManagedServer
from tasks.errors import InputError
from tasks.provision.image import image_build, is_image
from tasks.provision.interpreter import (
    installed_packages,
    interpreter_build,
    interpreter_path,
    packages_digest,
)
from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirement_files import find_requirements

UNKNOWN_VERSION = "unknown"


def engine_build(server: ManagedServer, environment: str | None) -> EngineBuild:
    """Return the engine build that serves `server`, without building the environment.

    Args:
        server: the spec's server.
        environment: the spec's `environment`: a bundled file's stem, `current`, the path of an
            interpreter, or an image. None: a command runs without one, any other engine in `current`.

    Raises:
        InputError: there is no such environment or program, or the environment lacks the engine.
    """
    if isinstance(server, CommandServer):
        build = _command_build(server, environment)
    else:
        build = _packaged_build(server.kind, environment)
    return build.model_copy(update={"device": server.device or build.device})


def environment_build(name: str, engine: str = "vllm") -> EngineBuild:
    """Return the identity of an environment, without building it.

    Args:
        name: the stem of a bundled file, `current`, or the path of an interpreter.
        engine: the engine that an interpreter must have.

    Raises:
        InputError: the name is unknown, the file has a wrong line, or the interpreter lacks the engine.
    """
    python = interpreter_path(name)
    return interpreter_build(name, python, engine) if python else find_requirements(name).build


def program_path(command: str, python: Path | None) -> Path:
    """Return the file of a program, searched next to the environment's interpreter, then on the PATH.

    Raises:
        InputError: there is no such program.
    """
    folders = [os.environ.get("PATH", os.defpath)]
    if python:
        folders.insert(0, str(python.parent))
    path = shutil.which(command, path=os.pathsep.join(folders))
    if path:
        return Path(path)
    raise InputError(
        f"server.command: there is no program {command!r}",
        "install it, give its whole path, or name in `environment` the python beside it",
    )


def _packaged_build(engine: str, environment: str | None) -> EngineBuild:
    """Return the build of an engine that comes as a Python package or in an image."""
    if environment and is_image(environment):
        return image_build(environment, engine)
    return environment_build(environment or "current", engine)


def _command_build(server: CommandServer, environment: str | None) -> EngineBuild:
    """Return the environment's build with the version that the spec states, which is also in the digest."""
    build = _command_environment_build(server, environment)
    content = json.dumps([build.digest, server.version])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return build.model_copy(update={"version": server.version or build.version, "digest": digest})


def _command_environment_build(server: CommandServer, environment: str | None) -> EngineBuild:
    if environment is None:
        return _program_build(server)
    if is_image(environment):
        return image_build(environment, server.engine)
    python = interpreter_path(environment)
    if python:
        return _interpreter_build(server, python)
    return find_requirements(environment).build.model_copy(update={"engine": server.engine})


def _program_build(server: CommandServer) -> EngineBuild:
    """Return the build of a command without an environment: its program's file is all that is known."""
    with program_path(server.command[0], None).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return EngineBuild(name="none", engine=server.engine, version=UNKNOWN_VERSION, digest=digest)


def _interpreter_build(server: CommandServer, python: Path) -> EngineBuild:
    program_path(server.command[0], python)  # raises early if the program is missing
    versions = installed_packages(python)
    return EngineBuild(
        name="interpreter",
        engine=server.engine,
        version=versions.get(canonicalize_name(server.engine), UNKNOWN_VERSION),
        digest=packages_digest(versions),
    )
