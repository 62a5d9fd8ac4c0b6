"""Spec files: the contents of the bundled ones, and errors of files that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.config.server import VllmServer
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError


def test_the_bundled_specs_are_valid() -> None:
    assert spec_names() == [
        "agent-turns",
        "chat-sharegpt-shape",
        "endpoint",
        "gpt-oss-20b",
        "gpt-oss-20b-seed",
        "rag-shared-prefix",
        "smoke",
    ]
    assert [load_spec(name).name for name in spec_names()] == spec_names()


def test_the_seed_spec_is_the_original_recipe() -> None:
    spec = load_spec("gpt-oss-20b-seed")
    server = spec.server
    assert isinstance(server, VllmServer)
    assert (server.model, server.name, server.port) == ("openai/gpt-oss-20b", "gpt-oss-20b", 8801)
    assert server.args == {"trust_remote_code": True}
    assert server.env == {"VLLM_ATTENTION_BACKEND": "TRITON_ATTN_VLLM_V1"}
    throughput, chat = spec.sweeps
    assert [(load.level, load.requests) for load in throughput.loads] == [
        (1, 5),
        (10, 20),
        (50, 100),
        (100, 200),
    ]
    assert (throughput.endpoint, throughput.dataset) == ("completions", "random")
    assert (throughput.input_tokens, throughput.exact_output_tokens, throughput.prefix_tokens) == (
        1024,
        1024,
        0,
    )
    assert (chat.endpoint, chat.dataset, chat.exact_output_tokens) == ("chat", "openqa", None)
    assert [(load.level, load.requests) for load in chat.loads] == [(20, 100)]
    assert chat.run_name == "{model}-number{requests}-parallel{concurrency}"
    (aime,) = spec.accuracy
    assert (aime.dataset, aime.generation.reasoning_effort) == ("aime25", "high")
    assert (aime.batch_size, aime.timeout_s) == (10, 60000)


def test_only_the_seed_spec_trusts_remote_code() -> None:
    trusting = [name for name in spec_names() if "trust" in load_spec(name).model_dump_json()]
    assert trusting == ["gpt-oss-20b-seed"]


@pytest.mark.parametrize(
    ("spec", "what", "remedy"),
    [
        ("smok", "no spec is called 'smok'", "did you mean smoke?"),
        ("nowhere.yaml", "no spec file at nowhere.yaml", "a bundled name"),
        ("x" * 300, "no spec is called", "bundled are"),
        ("./" + "x" * 300 + ".yaml", "no spec file", "a bundled name"),
    ],
)
def test_a_spec_that_does_not_exist_is_an_error(spec: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec(spec)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert len(str(caught.value).splitlines()) == 2
    assert caught.value.exit_code == 2


def test_a_syntax_error_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("name: x\nserver: {kind: vllm\nsweeps: [\n")
    with pytest.raises(InputError, match=r"broken\.yaml line \d+: not YAML"):
        load_spec(str(file))


def test_a_change_is_applied_before_the_overrides() -> None:
    def describe(fields: dict[str, Any]) -> None:
        fields |= {"description": "changed", "name": "changed"}

    spec = load_spec("smoke", ["name=overridden"], describe)
    assert (spec.description, spec.name) == ("changed", "overridden")
