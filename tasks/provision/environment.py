"""Serving environments: built once from a requirement file with uv, or taken as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.config.home import home
from tasks.config.server import CommandServer, OwnServer
from tasks.provision.build_once import build_once
from tasks.provision.disk_space import GIGABYTE, check_space, free_bytes
from tasks.provision.engine_build import engine_build
from tasks.provision.image import is_image, provide_image
from tasks.provision.indexes import extra_indexes, index_answers
from tasks.provision.interpreter import interpreter_path
from tasks.provision.pip_settings import UvSettings, uv_settings
from tasks.provision.provisioned import Environment
from tasks.provision.requirements import Requirements, find_requirements
from tasks.provision.uv_command import explain_failure, run_uv
from tasks.provision.verify import check_import, check_needs, check_versions

COMPILE_LIMIT_S = "600"


@dataclass(frozen=True)
class Tools:
    """What a build asks of the world."""

    uv: Callable[[tuple[str, ...], Mapping[str, str], Path], int] = run_uv
    answers: Callable[[str, UvSettings], bool] = index_answers
    free: Callable[[Path], int] = free_bytes
    settings: Callable[[], UvSettings] = uv_settings


def provide_environment(server: OwnServer, name: str | None) -> Environment:
    """An environment that can serve, built where it is not there yet.

    Args:
        name: as `engine_build` takes it.

    Raises:
        InputError: as `engine_build`.
        ProvisionError: an index, the disk or a Python version is missing; retried by the pipeline.
    """
    build = engine_build(server, name)
    if name and is_image(name):
        return provide_image(name, build)
    if name is None and isinstance(server, CommandServer):
        return Environment(python=None, build=build)
    if python := interpreter_path(name or "current"):
        return Environment(python=python, build=build)
    made = built_environment(find_requirements(name or "current"))
    return made.model_copy(update={"build": build})


def built_environment(wanted: Requirements, tools: Tools | None = None) -> Environment:
    """The environment of a requirement file under `home()/environments`, built once for its digest."""
    build = wanted.build
    target = home() / "environments" / f"{wanted.name}-{build.digest[:12]}"

    def make(folder: Path) -> str:
        _build(wanted, folder, target.with_suffix(f"{target.suffix}.log"), tools or Tools())
        return build.model_dump_json(indent=2)

    build_once(target, make)
    return Environment(python=target / "bin" / "python", build=build)


def _build(wanted: Requirements, folder: Path, log: Path, tools: Tools) -> None:
    _check_space(wanted, folder.parent, tools)
    log.unlink(missing_ok=True)
    settings = tools.settings()
    machine, listed = settings.values("UV_INDEX"), extra_indexes(wanted.extra_indexes)
    left_out = tuple(url for url in (*machine, *listed) if not tools.answers(url, settings))
    used = [url for url in (*listed, *machine) if url not in left_out]
    env = {**settings.env, "UV_INDEX": " ".join(used), "UV_COMPILE_BYTECODE_TIMEOUT": COMPILE_LIMIT_S}
    # Relocatable: it is made under another name than the one it is used by.
    venv = ("venv", "--relocatable", "--python", wanted.python, str(folder))
    if tools.uv(venv, env, log) == 0:
        pins = folder / "pins.txt"
        pins.write_text("\n".join(wanted.pins) + "\n", encoding="utf-8")
        # Bytecode, as pip itself makes it: three processes of the server import all of this at each start.
        install = ("pip", "install", "--compile-bytecode", "-r", str(pins))
        target = ("--python", str(folder / "bin" / "python"))
        scope = ("--no-deps",) if wanted.closed else ()
        pre = ("--prerelease", "allow") if wanted.pre else ()
        if tools.uv((*install, *target, *scope, *pre, *settings.flags), env, log) == 0:
            return _verify(wanted, folder, env, log, tools)
    raise explain_failure(wanted.name, log, left_out)


def _check_space(wanted: Requirements, folder: Path, tools: Tools) -> None:
    what, needed = f"environment {wanted.name}", wanted.disk_gb * GIGABYTE
    check_space(what, folder, needed, "SERVEGAUGE_HOME", free=tools.free)


def _verify(wanted: Requirements, folder: Path, env: Mapping[str, str], log: Path, tools: Tools) -> None:
    """Every pin is there, nothing that a package needs is missing, and the engine can be imported."""
    python = folder / "bin" / "python"
    check_versions(wanted, python)
    before = log.stat().st_size
    if tools.uv(("pip", "check", "--python", str(python)), env, log):
        check_needs(wanted, log.read_bytes()[before:].decode(errors="replace"))
    check_import(wanted, python, os.environ)
