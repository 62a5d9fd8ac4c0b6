"""Makes `NAME.txt` from `NAME.in`: `python -m tasks.provision.compile_pins NAME...` in the checkout."""

from __future__ import annotations

import os
import subprocess
import sys

import uv

from tasks.errors import ExecutionError, ServegaugeError
from tasks.provision.indexes import extra_indexes, index_answers
from tasks.provision.pip_settings import redacted, uv_settings
from tasks.provision.requirements import HEADER, Requirements, environments_folder, read_requirements


def compile_pins(name: str) -> None:
    """Resolve the file for the machine it names; only metadata is fetched, and no index is written down.

    Raises:
        ExecutionError: uv found no solution or no index.
    """
    folder = environments_folder()
    wanted = read_requirements(folder / f"{name}.in")
    settings = uv_settings()
    indexes = (*extra_indexes(wanted.extra_indexes), *settings.values("UV_INDEX"))
    env = {**settings.env, "UV_INDEX": " ".join(url for url in indexes if index_answers(url, settings))}
    answer = subprocess.run(
        (uv.find_uv_bin(), *_arguments(wanted), *settings.flags),
        input="\n".join(wanted.pins),
        env={**os.environ, **env},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        reason = redacted(answer.stderr.strip())
        raise ExecutionError(f"{name}.in cannot be resolved", "mend the file or reach its indexes", reason)
    (folder / f"{name}.txt").write_text(_header(wanted) + answer.stdout, encoding="utf-8")


def _arguments(wanted: Requirements) -> list[str]:
    arguments = ["pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    arguments += ["--python-version", wanted.python]
    if wanted.platform:
        arguments += ["--python-platform", wanted.platform]
    if (environments_folder() / f"{wanted.name}.override").is_file():
        arguments += ["--override", f"{wanted.name}.override"]
    return [*arguments, *(("--prerelease", "allow") if wanted.pre else ())]


def _header(wanted: Requirements) -> str:
    lines = [
        f"{HEADER} engine={wanted.engine} device={wanted.device} python={wanted.python} closed=true "
        f"disk_gb={wanted.disk_gb:g}",
        f"# Made from {wanted.name}.in by: python -m tasks.provision.compile_pins {wanted.name}",
        *(["--pre"] if wanted.pre else []),
        *(f"--extra-index-url {url}" for url in wanted.extra_indexes),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        for environment in sys.argv[1:]:
            compile_pins(environment)
    except ServegaugeError as error:
        sys.exit(f"{error}\n{error.detail}")
