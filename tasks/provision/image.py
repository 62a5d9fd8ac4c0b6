"""Serving environments that are container images: named by digest, pulled once, run by docker or podman."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tasks.errors import InputError, NoSpace, ProvisionError, ServegaugeError
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.provisioned import EngineBuild, Environment, Image

PREFIX = "image:"
FORM = re.compile(r"image:(?P<name>[^@\s]+?)(?::(?P<tag>[\w][\w.-]*))?@(?P<digest>sha256:[0-9a-f]{64})")
PROGRAMS = ("docker", "podman")
INSPECT_LIMIT_S, PULL_LIMIT_S = 60, 4 * 3600
TAIL_LINES = 5


def is_image(environment: str | None) -> bool:
    """Whether a spec's `environment` means a container image."""
    return bool(environment and environment.startswith(PREFIX))


def image_build(environment: str, engine: str = "vllm") -> EngineBuild:
    """What an image is, by its name alone: nothing is asked. The version is what its tag says.

    Raises:
        InputError: it is not pinned to a digest.
    """
    parts = _parts(environment)
    version = (parts["tag"] or "unknown").removeprefix("v")
    digest = parts["digest"].removeprefix("sha256:")
    return EngineBuild(name=parts["name"], engine=engine, version=version, digest=digest)


def container_program() -> Path:
    """docker, or podman where that is the one on the PATH.

    Raises:
        InputError: there is neither.
    """
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    raise InputError(
        "neither docker nor podman is on the PATH, and the spec's environment is a container image",
        "install one of them, or name an environment that uv builds, as vllm-cuda",
    )


def provide_image(environment: str, build: EngineBuild) -> Environment:
    """The image on this machine, pulled where it is not there yet.

    Raises:
        InputError: no engine, no such image, or one that is not given to us.
        ProvisionError: the engine or the registry does not answer, or the disk is full.
    """
    parts = _parts(environment)
    # By its digest alone: some engines refuse a tag beside it.
    image = Image(program=container_program(), reference=f"{parts['name']}@{parts['digest']}")
    if _run(image, INSPECT_LIMIT_S, "image", "inspect", image.reference).returncode:
        pulled = _run(image, PULL_LIMIT_S, "pull", "--quiet", image.reference)
        if pulled.returncode:
            raise _failure(image, pulled.stderr)
    return Environment(python=None, image=image, build=build)


def _parts(environment: str) -> dict[str, str]:
    if found := FORM.fullmatch(environment):
        return found.groupdict()
    raise InputError(
        f"environment {environment}: the image is not named by its digest, and a tag can be moved",
        "write image:NAME:TAG@sha256:DIGEST; `docker buildx imagetools inspect NAME:TAG` shows the digest",
    )


def _run(image: Image, limit_s: float, *words: str) -> subprocess.CompletedProcess[str]:
    argv = die_with_parent((str(image.program), *words))
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(
            f"{image.program} {words[0]} did not run ({type(error).__name__})", "see whether it works by hand"
        ) from None


FAILURES: tuple[tuple[str, type[ServegaugeError], str, str], ...] = (
    (
        r"no space left on device",
        NoSpace,
        "the disk is full",
        "free space where {program} keeps images",
    ),
    (
        r"permission denied .*(?:socket|daemon)",
        InputError,
        "{program} does not let this user in",
        "add the user to the group docker, or use rootless docker or podman",
    ),
    (
        r"cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker",
        ProvisionError,
        "{program}'s daemon does not answer",
        "start it (systemctl start docker), and see that `{program} info` works",
    ),
    (
        r"manifest.*unknown|not found|does not exist|name unknown",
        InputError,
        "its registry has no such image",
        "correct its name and digest; a private one needs `{program} login`",
    ),
    (
        r"unauthorized|denied|authentication required",
        InputError,
        "its registry does not give it without permission",
        "`{program} login` with an account that may pull it",
    ),
)


def _failure(image: Image, said: str) -> ServegaugeError:
    tail, program = "\n".join(said.strip().splitlines()[-TAIL_LINES:]), image.program.name
    for pattern, kind, what, remedy in FAILURES:
        if re.search(pattern, said, re.IGNORECASE):
            return kind(
                f"image {image.reference}: {what.format(program=program)}",
                remedy.format(program=program),
                tail,
            )
    return ProvisionError(
        f"image {image.reference}: it cannot be pulled",
        "check the network, or name a mirror of the registry in `environment`",
        tail,
    )
