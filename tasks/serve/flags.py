"""Checks a spec's flags against those of the engine's own command line parser."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tasks.config.home import home
from tasks.config.server import ManagedServer
from tasks.errors import InputError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.provisioned import EngineBuild, Environment
from tasks.serve.engines.engine_registry import engine_of, parser_module
from tasks.text import did_you_mean

PARSER_TIMEOUT_S = 300.0
# Engine versions build their parsers in different places. So run the main module until it calls the parser.
LIST_FLAGS = """
import argparse, json, os, runpy, sys

def write_flags(parser, *args, **kwargs):
    options = {option for action in parser._actions for option in action.option_strings}
    with open(sys.argv[-1], "w") as file:
        json.dump(sorted(options), file)
    os._exit(0)

argparse.ArgumentParser.parse_known_args = write_flags
runpy.run_module(sys.argv[1], run_name="__main__")
"""


def check_flags(server: ManagedServer, build: EngineBuild, known: frozenset[str] | None) -> None:
    """Check that the engine has every flag of the spec. Check nothing if `known` is None.

    Raises:
        InputError: a flag is unknown; the message names it and the nearest known one.
    """
    if not known:
        return
    for flag in engine_of(server).flags:
        name = _normalized(flag)
        if name not in known:
            hint = did_you_mean(name, known).strip() or "see the engine's documentation for its flags"
            raise InputError(f"server.args.{flag}: {build.engine} {build.version} has no such flag", hint)


def known_flags(build: EngineBuild) -> frozenset[str] | None:
    """Return the engine's flags from the cache; None if they are not cached."""
    try:
        return frozenset(json.loads(_cache_file(build).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def ask_flags(environment: Environment) -> frozenset[str] | None:
    """Return the engine's flags without leading dashes, from the cache or else from its parser.

    The parser takes seconds; its result is cached. Return None if the engine has no known parser or the
    parser fails. In that case the engine itself refuses a wrong flag when it starts.
    """
    module = parser_module(environment.build.engine)
    if module is None or environment.python is None:
        return None
    return known_flags(environment.build) or _flags_of_parser(environment, module)


def _flags_of_parser(environment: Environment, module: str) -> frozenset[str] | None:
    cache = _cache_file(environment.build)
    output = cache.with_name(f".{cache.name}.{os.getpid()}")
    argv = die_with_parent((str(environment.python), "-c", LIST_FLAGS, module, str(output)))
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PARSER_TIMEOUT_S,
            cwd=cache.parent,
            check=True,
        )
        options = json.loads(output.read_text(encoding="utf-8"))
        flags = frozenset(_normalized(option) for option in options if option.startswith("--"))
        cache.write_text(json.dumps(sorted(flags)), encoding="utf-8")
        return flags
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    finally:
        output.unlink(missing_ok=True)


def _cache_file(build: EngineBuild) -> Path:
    return home() / "flags" / f"{build.digest}.json"


def _normalized(flag: str) -> str:
    """Return a flag as vLLM reads it: `_` becomes `-`, and `name.key` (a key of a JSON value) `name`."""
    return flag.removeprefix("--").split("=")[0].split(".")[0].strip().replace("_", "-")
