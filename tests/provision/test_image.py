"""Container images as environments: what their name says, and what an engine's words become."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.config.server import CommandServer, VllmServer
from tasks.errors import InputError, ProvisionError, ServegaugeError
from tasks.provision.engine_build import engine_build
from tasks.provision.environment import provide_environment
from tasks.provision.image import container_program
from tasks.provision.model import provide_model

DIGEST = "a" * 64
NAME = f"image:registry.example:5000/vllm/vllm-openai:v0.11.0@sha256:{DIGEST}"
SERVER = VllmServer(model="m")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of the PATH, apart from the system's shell."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def engine(folder: Path, pull: str = "", name: str = "docker", there: bool = False) -> Path:
    """A client that has the image or not, and says this of a pull; it notes what it is asked."""
    script = f"""#!/bin/sh
echo "$@" >> {folder}/calls
case "$1" in
  image) exit {0 if there else 1};;
  pull) echo "{pull}" >&2; exit {1 if pull else 0};;
esac
"""
    program = folder / name
    program.write_text(script)
    program.chmod(0o755)
    return program


def test_the_name_says_what_it_is() -> None:
    build = engine_build(SERVER, NAME)
    assert (build.engine, build.version, build.digest, build.device) == ("vllm", "0.11.0", DIGEST, "cuda")
    untagged = engine_build(SERVER, f"image:vllm/vllm-openai@sha256:{DIGEST}")
    assert (untagged.version, untagged.name) == ("unknown", "vllm/vllm-openai")
    command = CommandServer(kind="command", engine="sglang", model="m", command=("x", "{port}"))
    assert engine_build(command, NAME).engine == "sglang"


@pytest.mark.parametrize("name", ["image:vllm/vllm-openai:v0.11.0", "image:", "image:x@sha256:abc"])
def test_a_tag_alone_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match="not named by its digest") as error:
        engine_build(SERVER, name)
    assert "image:NAME:TAG@sha256:DIGEST" in error.value.remedy


def test_it_is_pulled_once_and_by_its_digest(path: Path) -> None:
    program = engine(path)
    made = provide_environment(SERVER, NAME)
    reference = f"registry.example:5000/vllm/vllm-openai@sha256:{DIGEST}"
    assert made.image
    assert (made.python, made.image.program, made.image.reference) == (None, program, reference)
    engine(path, there=True)
    provide_environment(SERVER, NAME)
    asked = f"image inspect {reference}"
    assert (path / "calls").read_text().splitlines() == [asked, f"pull --quiet {reference}", asked]


@pytest.mark.parametrize(
    ("said", "kind", "what", "remedy"),
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
            "docker does not let this user in",
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
def test_what_the_engine_says(
    path: Path, said: str, kind: type[ServegaugeError], what: str, remedy: str
) -> None:
    engine(path, said)
    with pytest.raises(kind) as error:
        provide_environment(SERVER, NAME)
    assert what in error.value.what
    assert remedy in error.value.remedy
    assert said.split(":")[0] in error.value.detail


def test_podman_where_it_is_the_one(path: Path) -> None:
    with pytest.raises(InputError, match="neither docker nor podman"):
        container_program()
    podman = engine(path, name="podman")
    assert container_program() == podman
    docker = engine(path)
    assert container_program() == docker


def test_a_synthetic_model_needs_an_interpreter(path: Path) -> None:
    engine(path)
    environment = provide_environment(SERVER, NAME)
    with pytest.raises(InputError, match="made with a serving environment's packages"):
        provide_model(VllmServer(model="synthetic:gpt-oss"), environment)
    assert os.listdir(path)
