"""The flags that an engine knows, asked once of its own parser, and a spec's flags held against them."""

from __future__ import annotations

import json
import os
import subprocess
from difflib import get_close_matches
from pathlib import Path

from tasks.config.home import home
from tasks.config.server import OwnServer, VllmServer
from tasks.errors import InputError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.provisioned import EngineBuild, Environment
from tasks.serve.argv import MODULE

LIMIT_S = 300.0
# Each version builds its parser in another place, so its own main() is run, up to where it would parse.
ASK = """
import argparse, json, os, runpy, sys

def tell(parser, *args, **kwargs):
    options = {option for action in parser._actions for option in action.option_strings}
    with open(sys.argv[-1], "w") as file:
        json.dump(sorted(options), file)
    os._exit(0)

argparse.ArgumentParser.parse_known_args = tell
runpy.run_module(sys.argv[1], run_name="__main__")
"""


def check_flags(server: OwnServer, build: EngineBuild, known: frozenset[str] | None) -> None:
    """Raises InputError for a flag that the engine does not know. `known` None: nothing is checked."""
    if not known or not isinstance(server, VllmServer):
        return
    for flag in server.args:
        if _plain(flag) not in known:
            near = get_close_matches(_plain(flag), known, 1)
            hint = f"did you mean {near[0]}?" if near else "see the engine's documentation for its flags"
            raise InputError(f"server.args.{flag}: {build.engine} {build.version} has no such flag", hint)


def known_flags(build: EngineBuild) -> frozenset[str] | None:
    """What the engine said when it was asked; None where it was not yet."""
    try:
        return frozenset(json.loads(_file(build).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def ask_flags(environment: Environment) -> frozenset[str] | None:
    """The flags without dashes, from what is kept or from the engine (some seconds, once an environment).

    None where it does not tell: then the engine itself refuses what it does not know, only later.
    """
    if environment.build.engine != "vllm" or environment.python is None:
        return None
    if known := known_flags(environment.build):
        return known
    file = _file(environment.build)
    told = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        argv = die_with_parent((str(environment.python), "-c", ASK, MODULE, str(told)))
        subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, cwd=file.parent, check=True
        )
        options = json.loads(told.read_text(encoding="utf-8"))
        flags = frozenset(_plain(option) for option in options if option.startswith("--"))
        file.write_text(json.dumps(sorted(flags)), encoding="utf-8")
        return flags
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    finally:
        told.unlink(missing_ok=True)


def _file(build: EngineBuild) -> Path:
    return home() / "flags" / f"{build.digest}.json"


def _plain(flag: str) -> str:
    """As vLLM takes them: `_` for `-`, and `name.key` for one key of what is JSON."""
    return flag.removeprefix("--").split("=")[0].split(".")[0].strip().replace("_", "-")
