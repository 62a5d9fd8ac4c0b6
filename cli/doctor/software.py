"""The doctor's checks of Python, uv, the container engine and built environments."""

from __future__ import annotations

import platform
import subprocess
import sys

from cli.doctor.diagnosis import Diagnosis
from tasks.errors import ServegaugeError
from tasks.provision.environment_cache import built_environments
from tasks.provision.image import container_program
from tasks.text import last_lines

TIMEOUT_S = 4.0


def diagnose_installers() -> tuple[Diagnosis, ...]:
    """Check what environments are built with."""
    return (_python(), _uv())


def diagnose_environments() -> tuple[Diagnosis, ...]:
    """Check what environments can run in, and which are built."""
    return (_containers(), _environments())


def _python() -> Diagnosis:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11) and platform.system() == "Linux"
    return Diagnosis(
        name="Python", status="ok" if good else "broken", text=text, remedy="run it on Linux with Python 3.11"
    )


def _uv() -> Diagnosis:
    import uv

    try:
        answer = subprocess.run((uv.find_uv_bin(), "--version"), capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return Diagnosis(
            name="uv", status="limited", text="does not run", remedy="pip install uv; no environment is built"
        )
    return Diagnosis(name="uv", status="ok", text=answer.stdout.strip())


def _containers() -> Diagnosis:
    remedy = "only an environment of the form image:... needs docker or podman"
    try:
        program = container_program()
        argv = (str(program), "version", "--format", "{{.Server.Version}}")
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    except ServegaugeError:
        return Diagnosis(name="containers", status="limited", text="no docker, no podman", remedy=remedy)
    except (OSError, subprocess.TimeoutExpired):
        return Diagnosis(
            name="containers", status="limited", text=f"{program} does not answer", remedy=remedy
        )
    if answer.returncode:
        error = last_lines(answer.stderr, 1) or "it does not answer"
        remedy = f"make `{program.name} info` work for this user; {remedy}"
        return Diagnosis(name="containers", status="limited", text=f"{program.name}: {error}", remedy=remedy)
    return Diagnosis(name="containers", status="ok", text=f"{program.name} {answer.stdout.strip()}")


def _environments() -> Diagnosis:
    names = [entry.folder.name for entry in built_environments() if entry.current]
    remedy = "the first run builds the environment that its spec names"
    text = ", ".join(names) or "none is built yet"
    return Diagnosis(name="environments", status="ok", text=text, remedy="" if names else remedy)
