"""What will serve, before it is made: the engine, its version and the digest that cache keys hold."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from packaging.utils import canonicalize_name

from tasks.config.server import CommandServer, OwnServer, VllmServer
from tasks.errors import InputError
from tasks.provision.image import image_build, is_image
from tasks.provision.interpreter import installed_packages, interpreter_path, packages_digest
from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirements import environment_build, find_requirements

UNKNOWN = "unknown"


def engine_build(server: OwnServer, environment: str | None) -> EngineBuild:
    """What `server` is served by in an environment, without building it.

    Args:
        environment: as `environment_build` takes it, or an image; None where a command needs none.

    Raises:
        InputError: no such environment or program, or one without the engine.
    """
    if isinstance(server, VllmServer):
        build = _of_vllm(environment)
    else:
        held = _held(server, environment)
        content = json.dumps([held.digest, server.version])
        build = held.model_copy(
            update={
                "version": server.version or held.version,
                "digest": hashlib.sha256(content.encode()).hexdigest(),
            }
        )
    return build.model_copy(update={"device": server.device or build.device})


def program_path(command: str, python: Path | None) -> Path:
    """The file of a program, looked for beside the environment's interpreter and then on the PATH.

    Raises:
        InputError: there is none.
    """
    path = os.pathsep.join([*([str(python.parent)] if python else []), os.environ.get("PATH", os.defpath)])
    if found := shutil.which(command, path=path):
        return Path(found)
    raise InputError(
        f"server.command: there is no program {command!r}",
        "install it, give its whole path, or name in `environment` the python that it lies beside",
    )


def _of_vllm(environment: str | None) -> EngineBuild:
    if is_image(environment):
        return image_build(environment or "")
    return environment_build(environment or "current")


def _held(server: CommandServer, environment: str | None) -> EngineBuild:
    """What the environment holds of a command's engine; without one, the program that it starts."""
    if environment is None:
        with program_path(server.command[0], None).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return EngineBuild(name="none", engine=server.engine, version=UNKNOWN, digest=digest)
    if is_image(environment):
        return image_build(environment, server.engine)
    if python := interpreter_path(environment):
        program_path(server.command[0], python)
        packages = installed_packages(python)
        return EngineBuild(
            name="interpreter",
            engine=server.engine,
            version=packages.get(canonicalize_name(server.engine), UNKNOWN),
            digest=packages_digest(packages),
        )
    return find_requirements(environment).build.model_copy(update={"engine": server.engine})
