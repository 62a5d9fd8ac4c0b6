"""A server described by its command: what is filled in, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tasks.config.home import checkout
from tasks.config.server import CommandServer
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.errors import InputError

SPEC = {
    "name": "other",
    "server": {
        "kind": "command",
        "engine": "sglang",
        "model": "org/name",
        "command": ["python", "-m", "sglang.launch_server", "--model-path", "{model}", "--port", "{port}"],
    },
    "sweeps": [{"name": "s", "load": [{"concurrency": 1, "requests": 2}]}],
}


def load(folder: Path, **fields: object) -> CommandServer:
    """The server of a spec with these fields."""
    file = folder / "other.yaml"
    file.write_text(yaml.safe_dump({**SPEC, "server": {**SPEC["server"], **fields}}))  # type: ignore[dict-item]
    server = load_spec(str(file)).server
    assert isinstance(server, CommandServer)
    return server


def test_placeholders_are_filled_in_and_doubled_braces_stay(tmp_path: Path) -> None:
    server = load(tmp_path, command=["serve", "{model}", "--at={host}:{port}", '{{"name": "{served_name}"}}'])
    values = {"model": "/m", "served_name": "name", "host": "127.0.0.1", "port": "80"}
    assert server.words(values) == ("serve", "/m", "--at=127.0.0.1:80", '{"name": "name"}')
    assert (server.ready, server.gpus_needed, server.name) == ("/health", 1, "name")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"command": ["x", "{modle}", "{port}"]}, "{modle} is no placeholder of a command"),
        ({"command": ["x", "{port:>5}"]}, "{port:>5} is no placeholder"),
        ({"command": ["x", "{port!r}"]}, "{port!r} is no placeholder"),
        ({"command": ["x", "{port}", '{"a": 1}']}, "is no placeholder"),
        ({"command": ["x", "{"]}, "is no placeholder"),
        ({"command": ["x", "{model}"]}, "does not say where to listen"),
        ({"command": []}, "server.command is empty"),
        ({"ready": "health"}, "server.ready is 'health'"),
        ({"device": "cpu", "gpus": [0]}, "device is cpu, but gpus names some"),
        ({"args": {"x": 1}}, "server.args is no field"),
    ],
)
def test_what_is_refused(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        load(tmp_path, **fields)
    assert said in error.value.what


def test_unknown_placeholders_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load(tmp_path, command=["x", "{prot}"])
    assert "allowed are {model}, {served_name}, {host}, {port}" in error.value.remedy


def test_a_fixed_port_needs_no_placeholder(tmp_path: Path) -> None:
    assert load(tmp_path, command=["x"], port=8080).words({}) == ("x",)


def test_a_program_beside_the_spec_is_found_there(tmp_path: Path) -> None:
    assert load(tmp_path, command=["./serve", "{port}"]).command[0] == str(tmp_path / "serve")


def test_the_examples_of_the_docs_hold() -> None:
    text = (checkout() / "docs" / "serving.md").read_text(encoding="utf-8")
    examples = [yaml.safe_load(part.split("```")[0]) for part in text.split("```yaml\n")[1:]]
    specs = [Spec.model_validate(SPEC | example) for example in examples]
    assert [getattr(spec.server, "engine", "vllm") for spec in specs][:2] == ["sglang", "llama.cpp"]
