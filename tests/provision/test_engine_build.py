"""What an engine is before it is made: its name, version, digest and device."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.server import CommandServer, VllmServer
from tasks.errors import InputError
from tasks.provision.engine_build import engine_build, program_path
from tasks.provision.environment import provide_environment


def a_command(program: str, **fields: object) -> CommandServer:
    return CommandServer.model_validate(
        {"kind": "command", "engine": "SGLang", "model": "m", "command": [program, "{port}"], **fields}
    )


def a_program(path: Path, text: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def an_interpreter(path: Path, **packages: str) -> str:
    return a_program(path, f"#!/bin/sh\necho '{json.dumps(list(packages.items()))}'\n")


def test_the_bundled_environments_say_what_they_compute_on() -> None:
    server = VllmServer(model="m")
    devices = {name: engine_build(server, name).device for name in ("vllm-cpu", "vllm-cuda")}
    assert devices == {"vllm-cpu": "cpu", "vllm-cuda": "cuda"}
    assert engine_build(VllmServer(model="m", device="cpu"), "vllm-cuda").device == "cpu"


@pytest.mark.parametrize(
    ("packages", "device"),
    [({"vllm": "0.33.0"}, "cuda"), ({"vllm-cpu": "0.32.0"}, "cpu"), ({"vllm": "0.33.0+cpu"}, "cpu")],
)
def test_an_interpreter_tells_by_its_packages(tmp_path: Path, packages: dict[str, str], device: str) -> None:
    python = an_interpreter(tmp_path / "env" / "python", **packages)
    assert engine_build(VllmServer(model="m"), python).device == device


def test_a_program_alone_is_known_by_its_content_and_the_version_given(tmp_path: Path) -> None:
    program = a_program(tmp_path / "serve")
    build = engine_build(a_command(program), None)
    assert (build.engine, build.version, build.device) == ("SGLang", "unknown", "cuda")
    given = engine_build(a_command(program, version="1.2", device="cpu"), None)
    assert (given.version, given.device) == ("1.2", "cpu")
    a_program(tmp_path / "serve", "#!/bin/sh\nexit 1\n")
    assert len({build.digest, given.digest, engine_build(a_command(program), None).digest}) == 3
    assert provide_environment(a_command(program), None).python is None


def test_an_interpreter_gives_the_engines_version(tmp_path: Path) -> None:
    python = an_interpreter(tmp_path / "env" / "python", sglang="0.5.3")
    build = engine_build(a_command("python"), python)
    assert (build.version, build.name) == ("0.5.3", "interpreter")
    an_interpreter(tmp_path / "env" / "python", sglang="0.5.4")
    assert engine_build(a_command("python"), python).digest != build.digest


def test_a_program_is_looked_for_beside_the_interpreter_first(tmp_path: Path) -> None:
    own = a_program(tmp_path / "env" / "sh")
    assert str(program_path("sh", tmp_path / "env" / "python")) == own
    assert program_path("sh", None) != Path(own)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="there is no program 'no-such-engine'"):
        engine_build(a_command("no-such-engine"), None)
