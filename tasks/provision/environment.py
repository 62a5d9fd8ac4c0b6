"""Serving environments: built once from a requirement file with uv, or used as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.config.home import home
from tasks.config.server import CommandServer, ManagedServer
from tasks.provision import disk_space, indexes, pip_settings, uv_command
from tasks.provision.build_once import MARKER, build_once
from tasks.provision.engine_build import engine_build
from tasks.provision.image import is_image, provide_image
from tasks.provision.interpreter import interpreter_path
from tasks.provision.pip_settings import UvSettings
from tasks.provision.provisioned import Environment
from tasks.provision.requirement_files import find_requirements
from tasks.provision.requirements import Requirements
from tasks.provision.verify import check_dependencies, check_import, check_versions
from tasks.text import GIGABYTE, read_end

BYTECODE_TIMEOUT = {"UV_COMPILE_BYTECODE_TIMEOUT": "600"}
"""In seconds. uv gives one file 60 seconds, which a busy machine exceeds."""


@dataclass(frozen=True)
class BuildTools:
    """What a build calls outside of its folder. Tests pass stand-ins."""

    run_uv: Callable[[tuple[str, ...], Mapping[str, str], Path], int] = uv_command.run_uv
    """Called with arguments, variables and the log file; returns uv's exit code."""
    index_answers: Callable[[str, UvSettings], bool] = indexes.index_answers
    free_bytes: Callable[[Path], int] = disk_space.free_bytes
    uv_settings: Callable[[], UvSettings] = pip_settings.uv_settings


def provide_environment(server: ManagedServer, name: str | None) -> Environment:
    """Return an environment that can serve; build it if it does not exist.

    Args:
        server: the spec's server.
        name: the spec's `environment`, as `engine_build` takes it.

    Raises:
        InputError: as `engine_build`.
        ProvisionError: an index, the disk or a Python version is missing.
    """
    environment = environment_on_hand(server, name)
    if environment:
        return environment
    if name and is_image(name):
        return provide_image(name, engine_build(server, name))
    python = build_environment(find_requirements(name or "current")).python
    return Environment(python=python, build=engine_build(server, name))


def environment_on_hand(server: ManagedServer, name: str | None) -> Environment | None:
    """Return an environment that needs no build; None if it must be built. An image counts as not built.

    The arguments are those of `provide_environment`.

    Raises:
        InputError: as `engine_build`.
    """
    build = engine_build(server, name)
    if name and is_image(name):
        return None
    if name is None and isinstance(server, CommandServer):
        return Environment(python=None, build=build)
    python = interpreter_path(name or "current")
    if python is None:
        folder = _built_folder(find_requirements(name or "current"))
        python = _python(folder) if (folder / MARKER).is_file() else None
    return Environment(python=python, build=build) if python else None


def build_environment(requirements: Requirements, tools: BuildTools | None = None) -> Environment:
    """Return the environment of a requirement file; build it if its digest was not built on this machine.

    Raises:
        ProvisionError: an index, the disk or a Python version is missing.
    """
    build = requirements.build
    target = _built_folder(requirements)
    log = target.with_name(f"{target.name}.log")

    def fill(folder: Path) -> str:
        _install(requirements, folder, log, tools or BuildTools())
        return build.model_dump_json(indent=2)

    build_once(target, fill)
    return Environment(python=_python(target), build=build)


def _install(requirements: Requirements, folder: Path, log: Path, tools: BuildTools) -> None:
    """Create and verify the environment in `folder`, with uv's output in `log`."""
    what, needed_bytes = f"environment {requirements.name}", requirements.disk_gb * GIGABYTE
    disk_space.check_space(what, folder.parent, needed_bytes, "SERVEGAUGE_HOME", tools.free_bytes)
    log.unlink(missing_ok=True)
    settings = tools.uv_settings()
    chosen = indexes.choose_indexes(requirements.extra_indexes, settings, tools.index_answers)
    variables = {**settings.env, "UV_INDEX": " ".join(chosen.answering), **BYTECODE_TIMEOUT}

    def run_uv(*arguments: str) -> int:
        return tools.run_uv(arguments, variables, log)

    # Relocatable, because the folder is renamed when it is finished.
    exit_code = run_uv("venv", "--relocatable", "--python", requirements.python, str(folder))
    if exit_code == 0:
        pins = folder / "pins.txt"
        pins.write_text("\n".join(requirements.pins) + "\n", encoding="utf-8")
        exit_code = run_uv(*_install_arguments(requirements, _python(folder), pins), *settings.flags)
    if exit_code != 0:
        raise uv_command.explain_failure(requirements.name, log, chosen.unreachable)
    _verify(requirements, _python(folder), log, run_uv)


def _install_arguments(requirements: Requirements, python: Path, pins: Path) -> list[str]:
    # Bytecode is compiled at installation: three processes of a server import all of this at each start.
    arguments = ["pip", "install", "--compile-bytecode", "-r", str(pins), "--python", str(python)]
    if requirements.closed:
        arguments.append("--no-deps")
    if requirements.pre:
        arguments += ["--prerelease", "allow"]
    return arguments


def _verify(requirements: Requirements, python: Path, log: Path, run_uv: Callable[..., int]) -> None:
    """Check the pinned versions, the packages' dependencies and the engine's import."""
    check_versions(requirements, python)
    log_size = log.stat().st_size
    if run_uv("pip", "check", "--python", str(python)) != 0:
        check_dependencies(requirements, read_end(log, start=log_size))
    check_import(requirements, python, os.environ)


def _built_folder(requirements: Requirements) -> Path:
    return home() / "environments" / f"{requirements.name}-{requirements.build.digest[:12]}"


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"
