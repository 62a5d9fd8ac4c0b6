"""Serving environments that are container images: pinned by digest, pulled by docker or podman."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tasks.errors import InputError, NoSpace, ProvisionError, ServegaugeError
from tasks.provision.command_failures import DETAIL_LINES, CommandFailure, find_failure
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.provisioned import EngineBuild, Environment, Image
from tasks.text import last_lines

PREFIX = "image:"
REFERENCE = re.compile(r"image:(?P<name>[^@\s]+?)(?::(?P<tag>[\w][\w.-]*))?@(?P<digest>sha256:[0-9a-f]{64})")
PROGRAMS = ("docker", "podman")
INSPECT_LIMIT_S, PULL_LIMIT_S = 60, 4 * 3600
PULL_FAILURES = (
    CommandFailure(
        re.compile(r"no space left on device", re.I),
        NoSpace,
        "the disk is full",
        "free space where {program} keeps images",
    ),
    CommandFailure(
        re.compile(r"permission denied .*(?:socket|daemon)", re.I),
        InputError,
        "this user may not use {program}",
        "add the user to the group docker, or use rootless docker or podman",
    ),
    CommandFailure(
        re.compile(
            r"cannot connect to the docker daemon|is the docker daemon running|"
            r"failed to connect to the docker",
            re.I,
        ),
        ProvisionError,
        "{program}'s daemon does not answer",
        "start it (systemctl start docker), and check that `{program} info` works",
    ),
    CommandFailure(
        re.compile(r"manifest.*unknown|not found|does not exist|name unknown", re.I),
        InputError,
        "its registry has no such image",
        "correct its name and digest; a private one needs `{program} login`",
    ),
    CommandFailure(
        re.compile(r"unauthorized|denied|authentication required", re.I),
        InputError,
        "its registry requires permission to read it",
        "`{program} login` with an account that may pull it",
    ),
)
"""The first match is used."""


def is_image(environment: str | None) -> bool:
    """Return whether a spec's `environment` names a container image."""
    return bool(environment and environment.startswith(PREFIX))


def image_build(environment: str, engine: str = "vllm") -> EngineBuild:
    """Return an image's identity from its reference, without a pull; the engine's version is the tag.

    Raises:
        InputError: the image is not pinned to a digest.
    """
    parts = _split_reference(environment)
    version = (parts["tag"] or "unknown").removeprefix("v")
    digest = parts["digest"].removeprefix("sha256:")
    return EngineBuild(name=parts["name"], engine=engine, version=version, digest=digest)


def container_program() -> Path:
    """Return the path of docker, or of podman if docker is not on the PATH.

    Raises:
        InputError: neither is on the PATH.
    """
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return Path(path)
    raise InputError(
        "neither docker nor podman is on the PATH, and the spec's environment is a container image",
        "install one of them, or name an environment that uv builds, as vllm-cuda",
    )


def provide_image(environment: str, build: EngineBuild) -> Environment:
    """Return the environment of an image; pull the image if it is not on this machine.

    Raises:
        InputError: there is no docker or podman, no such image, or no permission to pull it.
        ProvisionError: the daemon or the registry does not answer, or the disk is full.
    """
    parts = _split_reference(environment)
    # Without the tag: some container programs refuse a tag and a digest together.
    image = Image(program=container_program(), reference=f"{parts['name']}@{parts['digest']}")
    if _run_program(image.program, INSPECT_LIMIT_S, "image", "inspect", image.reference).returncode:
        pull = _run_program(image.program, PULL_LIMIT_S, "pull", "--quiet", image.reference)
        if pull.returncode:
            raise _pull_error(image, pull.stderr)
    return Environment(python=None, image=image, build=build)


def _split_reference(environment: str) -> dict[str, str]:
    match = REFERENCE.fullmatch(environment)
    if match:
        return match.groupdict()
    raise InputError(
        f"environment {environment}: the image is not named by its digest, and a tag can be moved",
        "write image:NAME:TAG@sha256:DIGEST; `docker buildx imagetools inspect NAME:TAG` shows the digest",
    )


def _run_program(program: Path, limit_s: float, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = die_with_parent((str(program), *arguments))
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(
            f"{program} {arguments[0]} did not run ({type(error).__name__})",
            f"run `{program} {arguments[0]}` by hand to see why",
        ) from None


def _pull_error(image: Image, stderr: str) -> ServegaugeError:
    subject = f"image {image.reference}"
    error = find_failure(stderr, PULL_FAILURES, subject, program=image.program.name)
    return error or ProvisionError(
        f"{subject}: it cannot be pulled",
        "check the network, or name a mirror of the registry in `environment`",
        last_lines(stderr, DETAIL_LINES),
    )
