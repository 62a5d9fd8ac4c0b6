"""pip's settings on this machine, translated for uv. Also a script; it needs only the standard library.

`python tasks/provision/pip_settings.py` prints uv's flags, one a line. With arguments it runs them as a
command that has the settings in its environment, so that credentials in addresses stay off the process list.
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
"""Separator of the values of a variable, if it is not white space."""
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True)
class UvSettings:
    """Settings for a uv command."""

    env: Mapping[str, str]
    """Environment variables."""
    flags: tuple[str, ...] = ()
    """Flags, for what has no variable."""

    def values(self, variable: str) -> tuple[str, ...]:
        """Return the values of a variable that holds several."""
        parts = self.env.get(variable, "").split(SEPARATORS.get(variable))
        return tuple(part for part in parts if part)


def redacted(text: str) -> str:
    """Return a text with user and password of every address replaced by `***`."""
    return CREDENTIALS.sub("***@", text)


def read_pip_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return pip's settings by option name. Variables override `[install]`, which overrides `[global]`."""
    settings: dict[str, str] = {}
    config = _pip_config_list(environ)
    for section in ("global.", "install."):
        for key, value in config.items():
            if key.startswith(section):
                settings[key.removeprefix(section)] = value
    for variable, value in environ.items():
        if variable.startswith("PIP_") and value:
            settings[variable.removeprefix("PIP_").lower().replace("_", "-")] = value
    return settings


def to_uv_settings(pip: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> UvSettings:
    """Translate pip's settings into uv's. A variable of uv that is set in `environ` keeps its value.

    Folders that do not exist are dropped: pip warns of them, uv fails. pip searches all indexes for the
    best version, so uv gets the strategy `unsafe-best-match`.
    """
    env = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(_existing_locations(pip.get("extra-index-url", ""))),
        "UV_FIND_LINKS": ",".join(_existing_locations(pip.get("find-links", ""))),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_HTTP_TIMEOUT": pip.get("timeout", pip.get("default-timeout", "")),
        "SSL_CERT_FILE": _existing_file(pip.get("cert", "")),
        "SSL_CLIENT_CERT": _existing_file(pip.get("client-cert", "")),
        "HTTP_PROXY": pip.get("proxy", ""),
        "HTTPS_PROXY": pip.get("proxy", ""),
    }
    values = {variable: environ.get(variable) or value for variable, value in env.items()}
    no_index = pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    return UvSettings(
        env={variable: value for variable, value in values.items() if value},
        flags=("--no-index",) if no_index else (),
    )


def uv_settings(environ: Mapping[str, str] = os.environ) -> UvSettings:
    """Return this machine's settings for uv."""
    return to_uv_settings(read_pip_settings(environ), environ)


def uv_flags(settings: UvSettings) -> list[str]:
    """Return the settings as flags, without addresses that have credentials: every user can see flags."""
    arguments = [*settings.flags, "--index-strategy", settings.env["UV_INDEX_STRATEGY"]]
    for variable, flag in ADDRESS_FLAGS.items():
        for value in settings.values(variable):
            if not CREDENTIALS.search(value):
                arguments += [flag, value]
    return arguments


def _pip_config_list(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the output of `pip config list`; empty if no interpreter here has pip."""
    # An environment made by uv has no pip; the interpreter that it was made from may have one.
    for python in dict.fromkeys((sys.executable, getattr(sys, "_base_executable", sys.executable))):
        command = (python, "-m", "pip", "--disable-pip-version-check", "config", "list")
        result = subprocess.run(command, capture_output=True, text=True, env=dict(environ))
        if result.returncode == 0:
            return _parse_config_list(result.stdout)
    return {}


def _parse_config_list(output: str) -> dict[str, str]:
    """Parse lines of the form `section.option='value'`; other lines are skipped."""
    config = {}
    for line in output.splitlines():
        key, _, literal = line.partition("=")
        if literal.startswith(("'", '"')):
            config[key] = str(ast.literal_eval(literal))
    return config


def _existing_locations(text: str) -> list[str]:
    """Return the addresses of a list, and those of its folders that exist, as absolute paths."""
    locations = []
    for word in text.split():
        location = word if "://" in word else str(Path(word).expanduser().absolute())
        address = urlsplit(location)
        if address.scheme not in {"", "file"} or Path(unquote(address.path)).exists():
            locations.append(location)
    return locations


def _existing_file(path: str) -> str:
    return path if path and Path(path).expanduser().is_file() else ""


def _main(argv: list[str]) -> int:
    settings = uv_settings()
    if not argv:
        print("\n".join(uv_flags(settings)))
        return 0
    program = shutil.which(argv[0])
    if program:
        os.execve(program, [*argv, *settings.flags], {**os.environ, **settings.env})
    print(f"no program {argv[0]}; give a command that exists", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
