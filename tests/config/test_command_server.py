"""A server described by its command: its placeholders, and the errors of wrong fields."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tasks.config.home import checkout
from tasks.config.server import CommandServer
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.errors import InputError

SERVER: dict[str, object] = {
    "kind": "command",
    "engine": "sglang",
    "model": "org/name",
    "command": ["python", "-m", "sglang.launch_server", "--model-path", "{model}", "--port", "{port}"],
}
SPEC: dict[str, object] = {
    "name": "other",
    "server": SERVER,
    "sweeps": [{"name": "s", "load": [{"concurrency": 1, "requests": 2}]}],
}


def load(folder: Path, **fields: object) -> CommandServer:
    """The server of a spec with these fields."""
    file = folder / "other.yaml"
    file.write_text(yaml.safe_dump(SPEC | {"server": SERVER | fields}))
    server = load_spec(str(file)).server
    assert isinstance(server, CommandServer)
    return server


def test_placeholders_get_their_values_and_double_braces_become_single(tmp_path: Path) -> None:
    server = load(tmp_path, command=["serve", "{model}", "--at={host}:{port}", '{{"name": "{served_name}"}}'])
    values = {"model": "/m", "served_name": "name", "host": "127.0.0.1", "port": "80"}
    assert server.argv(values) == ("serve", "/m", "--at=127.0.0.1:80", '{"name": "name"}')
    assert (server.ready, server.gpus_needed, server.name) == ("/health", 1, "name")


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"command": ["x", "{modle}", "{port}"]}, "{modle} is not a placeholder of a command"),
        ({"command": ["x", "{port:>5}"]}, "{port:>5} is not a placeholder"),
        ({"command": ["x", "{port!r}"]}, "{port!r} is not a placeholder"),
        ({"command": ["x", "{port}", '{"a": 1}']}, "is not a placeholder"),
        ({"command": ["x", "{"]}, "is not a placeholder"),
        ({"command": ["x", "{model}"]}, "does not say on which port to listen"),
        ({"command": []}, "server.command is empty"),
        ({"ready": "health"}, "server.ready is 'health'"),
        ({"device": "cpu", "gpus": [0]}, "device is cpu, but gpus are listed"),
        ({"args": {"x": 1}}, "server.args is not a field"),
    ],
)
def test_wrong_fields_are_refused(tmp_path: Path, fields: dict[str, object], what: str) -> None:
    with pytest.raises(InputError) as error:
        load(tmp_path, **fields)
    assert what in error.value.what


def test_the_remedy_of_an_unknown_placeholder_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load(tmp_path, command=["x", "{prot}"])
    assert "allowed are {model}, {served_name}, {host}, {port}" in error.value.remedy


def test_a_fixed_port_needs_no_placeholder(tmp_path: Path) -> None:
    assert load(tmp_path, command=["x"], port=8080).argv({}) == ("x",)


def test_a_program_beside_the_spec_is_found_there(tmp_path: Path) -> None:
    assert load(tmp_path, command=["./serve", "{port}"]).command[0] == str(tmp_path / "serve")


def test_the_examples_in_the_docs_are_valid() -> None:
    text = (checkout() / "docs" / "serving.md").read_text(encoding="utf-8")
    examples = [yaml.safe_load(part.split("```")[0]) for part in text.split("```yaml\n")[1:]]
    specs = [Spec.model_validate(SPEC | example) for example in examples]
    assert [getattr(spec.server, "engine", "vllm") for spec in specs][:2] == ["sglang", "llama.cpp"]
