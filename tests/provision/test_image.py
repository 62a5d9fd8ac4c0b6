"""Container images as environments: their name, pulling them, and the program's failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.server import CommandServer, VllmServer
from tasks.errors import InputError, ProvisionError, ServegaugeError
from tasks.provision.engine_build import engine_build
from tasks.provision.environment import provide_environment
from tasks.provision.image import container_program

DIGEST = "a" * 64
NAME = f"image:registry.example:5000/vllm/vllm-openai:v0.11.0@sha256:{DIGEST}"
SERVER = VllmServer(model="m")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write_program(folder: Path, pull_error: str = "", name: str = "docker", has_image: bool = False) -> Path:
    """Write a stand-in for docker that records its arguments; its pull fails with `pull_error`."""
    script = f"""#!/bin/sh
echo "$@" >> {folder}/calls
case "$1" in
  image) exit {0 if has_image else 1};;
  pull) echo "{pull_error}" >&2; exit {1 if pull_error else 0};;
esac
"""
    program = folder / name
    program.write_text(script)
    program.chmod(0o755)
    return program


def test_the_build_is_known_by_the_name() -> None:
    build = engine_build(SERVER, NAME)
    assert (build.engine, build.version, build.digest, build.device) == ("vllm", "0.11.0", DIGEST, "cuda")
    untagged = engine_build(SERVER, f"image:vllm/vllm-openai@sha256:{DIGEST}")
    assert (untagged.version, untagged.name) == ("unknown", "vllm/vllm-openai")
    command = CommandServer(kind="command", engine="sglang", model="m", command=("x", "{port}"))
    assert engine_build(command, NAME).engine == "sglang"


@pytest.mark.parametrize("name", ["image:vllm/vllm-openai:v0.11.0", "image:", "image:x@sha256:abc"])
def test_an_image_without_digest_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="not named by its digest") as error:
        engine_build(SERVER, name)
    assert "image:NAME:TAG@sha256:DIGEST" in error.value.remedy


def test_an_image_is_pulled_once_and_by_its_digest(path: Path) -> None:
    program = write_program(path)
    environment = provide_environment(SERVER, NAME)
    reference = f"registry.example:5000/vllm/vllm-openai@sha256:{DIGEST}"
    assert environment.image
    assert (environment.python, environment.image.program, environment.image.reference) == (
        None,
        program,
        reference,
    )
    write_program(path, has_image=True)
    provide_environment(SERVER, NAME)
    inspect = f"image inspect {reference}"
    assert (path / "calls").read_text().splitlines() == [inspect, f"pull --quiet {reference}", inspect]


@pytest.mark.parametrize(
    ("stderr", "error", "what", "remedy"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///run/docker.sock. Is the docker daemon running?",
            ProvisionError,
            "docker's daemon does not answer",
            "systemctl start docker",
        ),
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock",
            InputError,
            "this user may not use docker",
            "group docker",
        ),
        ("manifest for x@sha256:a not found: manifest unknown", InputError, "no such image", "docker login"),
        (
            "Error response from daemon: Head x: unauthorized: access denied",
            InputError,
            "permission",
            "login",
        ),
        (
            "failed to register layer: write /x: no space left on device",
            ProvisionError,
            "disk is full",
            "free",
        ),
        ("dial tcp: lookup registry.example: i/o timeout", ProvisionError, "cannot be pulled", "mirror"),
    ],
)
def test_a_failed_pull_is_explained(
    path: Path, stderr: str, error: type[ServegaugeError], what: str, remedy: str
) -> None:
    write_program(path, stderr)
    with pytest.raises(error) as caught:
        provide_environment(SERVER, NAME)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert stderr.split(":")[0] in caught.value.detail


def test_podman_is_used_without_docker(path: Path) -> None:
    with pytest.raises(InputError, match="neither docker nor podman"):
        container_program()
    podman = write_program(path, name="podman")
    assert container_program() == podman
    docker = write_program(path)
    assert container_program() == docker
