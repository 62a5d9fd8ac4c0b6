"""The machine's pip settings as uv understands them; also a script, on the standard library alone.

`python tasks/provision/pip_settings.py` prints uv's flags, one a line. With arguments it runs them as a
command with the settings in its environment, which keeps credentials in addresses off the process list.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADDRESS_FLAGS = {
    "UV_DEFAULT_INDEX": "--default-index",
    "UV_INDEX": "--index",
    "UV_FIND_LINKS": "--find-links",
    "UV_INSECURE_HOST": "--allow-insecure-host",
}
SEPARATORS = {"UV_FIND_LINKS": ","}
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True)
class UvSettings:
    """What a uv command gets: `env`, environment variables, and `flags` for what has no variable."""

    env: Mapping[str, str]
    flags: tuple[str, ...] = ()

    def values(self, variable: str) -> tuple[str, ...]:
        """The entries of a variable that holds several."""
        return tuple(filter(None, self.env.get(variable, "").split(SEPARATORS.get(variable))))


def redacted(text: str) -> str:
    """The text with user and password of every address in it hidden."""
    return CREDENTIALS.sub("***@", text)


def read_pip_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """pip's settings by option name; a variable beats `[install]`, which beats `[global]`."""
    found: dict[str, str] = {}
    listed = _pip_config_list(environ)
    for section in ("global.", "install."):
        found |= {k.removeprefix(section): v for k, v in listed.items() if k.startswith(section)}
    for variable, value in environ.items():
        if variable.startswith("PIP_") and value:
            found[variable.removeprefix("PIP_").lower().replace("_", "-")] = value
    return found


def to_uv(pip: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> UvSettings:
    """Translate pip's settings; what uv is already told by its own variables stays as it is told.

    pip only warns of a folder that is not there, uv fails: such folders are left out. Several indexes are
    equals to pip, so uv is told to take the best version among them.
    """
    env = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(_existing(pip.get("extra-index-url", ""))),
        "UV_FIND_LINKS": ",".join(_existing(pip.get("find-links", ""))),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_HTTP_TIMEOUT": pip.get("timeout", pip.get("default-timeout", "")),
        "SSL_CERT_FILE": _file(pip.get("cert", "")),
        "SSL_CLIENT_CERT": _file(pip.get("client-cert", "")),
    }
    env |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), pip.get("proxy", ""))
    for variable in [name for name, value in env.items() if environ.get(name)]:
        env[variable] = environ[variable]
    no_index = pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    return UvSettings({k: v for k, v in env.items() if v}, ("--no-index",) if no_index else ())


def uv_settings(environ: Mapping[str, str] = os.environ) -> UvSettings:
    """This machine's settings."""
    return to_uv(read_pip_settings(environ), environ)


def flags(settings: UvSettings) -> list[str]:
    """The settings as flags; an address with credentials is left out, since flags can be seen by all."""
    lines = [*settings.flags, "--index-strategy", settings.env["UV_INDEX_STRATEGY"]]
    for variable, flag in ADDRESS_FLAGS.items():
        for value in settings.values(variable):
            if not CREDENTIALS.search(value):
                lines += [flag, value]
    return lines


def _pip_config_list(environ: Mapping[str, str]) -> dict[str, str]:
    # An environment made by uv has no pip; the interpreter it was made from may have one.
    for python in dict.fromkeys((sys.executable, getattr(sys, "_base_executable", sys.executable))):
        command = (python, "-m", "pip", "--disable-pip-version-check", "config", "list")
        answer = subprocess.run(command, capture_output=True, text=True, env=dict(environ))
        if answer.returncode == 0:
            lines = (line.partition("=") for line in answer.stdout.splitlines())
            return {key: str(ast.literal_eval(value)) for key, _, value in lines if value[:1] in "'\""}
    return {}


def _existing(places: str) -> list[str]:
    """Addresses, and the folders among them that are there."""
    found = [p if "://" in p else str(Path(p).expanduser().absolute()) for p in places.split()]
    parts = [urlsplit(place) for place in found]
    return [
        place
        for place, part in zip(found, parts, strict=True)
        if part.scheme not in {"", "file"} or Path(unquote(part.path)).exists()
    ]


def _file(path: str) -> str:
    return path if path and Path(path).expanduser().is_file() else ""


def _main(argv: list[str]) -> int:
    settings = uv_settings()
    if not argv:
        print("\n".join(flags(settings)))
        return 0
    if program := shutil.which(argv[0]):
        os.execve(program, [*argv, *settings.flags], {**os.environ, **settings.env})
    print(f"no program {argv[0]}; give a command that exists", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
