"""Specs: the bundled ones hold what they promise, and wrong ones say what is wrong and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks.config.server import VllmServer
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError


def test_the_four_bundled_specs_validate() -> None:
    assert spec_names() == ["endpoint", "gpt-oss-20b", "gpt-oss-20b-seed", "smoke"]
    assert [load_spec(name).name for name in spec_names()] == spec_names()


def test_the_seed_spec_is_the_original_recipe() -> None:
    spec = load_spec("gpt-oss-20b-seed")
    server = spec.server
    assert isinstance(server, VllmServer)
    assert (server.model, server.name, server.port) == ("openai/gpt-oss-20b", "gpt-oss-20b", 8801)
    assert server.args == {"trust_remote_code": True}
    assert server.env == {"VLLM_ATTENTION_BACKEND": "TRITON_ATTN_VLLM_V1"}
    throughput, chat = spec.sweeps
    assert [(load.concurrency, load.requests) for load in throughput.load] == [
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
    assert [(load.concurrency, load.requests) for load in chat.load] == [(20, 100)]
    assert chat.run_name == "{model}-number{requests}-parallel{concurrency}"
    (aime,) = spec.accuracy
    assert (aime.dataset, aime.generation.reasoning_effort) == ("aime25", "high")
    assert (aime.batch_size, aime.timeout_s) == (10, 60000)


def test_only_the_seed_spec_trusts_remote_code() -> None:
    trusting = [name for name in spec_names() if "trust" in load_spec(name).model_dump_json()]
    assert trusting == ["gpt-oss-20b-seed"]


@pytest.mark.parametrize(
    ("spec", "override", "what", "remedy"),
    [
        ("smok", "", "no spec is called 'smok'", "did you mean smoke?"),
        ("nowhere.yaml", "", "no spec file at nowhere.yaml", "a bundled name"),
        ("smoke", "sweeps.0.lod=1", "sweeps.0.lod is no field", "did you mean load?"),
        ("smoke", "server.modle=x", "server.modle is no field", "did you mean model?"),
        (
            "smoke",
            "sweeps.0.load.0.requests=0",
            "sweeps.0.load.0.requests is 0",
            "greater than or equal to 1",
        ),
        ("smoke", "sweeps.0.load=[]", "sweeps.0.load is empty", "at least one entry"),
        ("smoke", "sweeps.0.repeats=many", "sweeps.0.repeats is 'many'", "valid integer"),
        ("smoke", "sweeps.0.dataset=rando", "'rando' is no dataset", "random, openqa or a file"),
        ("smoke", "sweeps.9.repeats=2", "no entry of a list of 2", "from 0 to 1"),
        ("smoke", "sweeps.1.name=throughput", "two sweeps have the same name", "tell them apart"),
        ("smoke", "server.kind=triton", "server.kind is 'triton'", "vllm, command, endpoint"),
        ("smoke", "server.args.--x=1", "'--x' starts with a dash", "write it as 'x'"),
        ("smoke", "environment=null", "needs `environment`", "deployments/environments"),
        ("smoke", "name", "not an assignment", "path.to.field=value"),
        ("smoke", "name=[", "not YAML", "quote"),
        ("smoke", "sweeps.0.run_name='{x}'", "'x' is no field", "model, sweep"),
        ("smoke", "accuracy.0.generation.reasoning_effort=max", "is 'max'", "'low', 'medium' or 'high'"),
        ("endpoint", "server.url=localhost:8000", "server.url is 'localhost:8000'", "https?"),
    ],
)
def test_wrong_input_says_what_and_what_is_allowed(spec: str, override: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec(spec, [override] if override else [])
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert len(str(caught.value).splitlines()) == 2
    assert caught.value.exit_code == 2


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("name: x\nserver: {kind: vllm\nsweeps: [\n")
    with pytest.raises(InputError, match=r"broken\.yaml line \d+: not YAML"):
        load_spec(str(file))


def test_paths_are_relative_to_the_file_and_overrides_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, work = tmp_path / "specs", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    (folder / "mine.yaml").write_text(
        "name: mine\nserver: {kind: endpoint, url: 'http://127.0.0.1:1/v1', model: m}\n"
        "sweeps: [{name: a, dataset: q.jsonl, load: [{concurrency: 1, requests: 1}]}]\n"
        "accuracy: [{path: questions}]\n"
    )
    monkeypatch.chdir(work)
    spec = load_spec(str(folder / "mine.yaml"), ["server.tokenizer=./tok"])
    assert spec.sweeps[0].dataset == str(folder / "q.jsonl")
    assert spec.accuracy[0].path == str(folder / "questions")
    assert spec.server.tokenizer == str(work / "tok")


def test_an_override_reaches_into_fields_the_file_does_not_have() -> None:
    spec = load_spec("smoke", ["track.swanlab.mode=local", "sweeps.0.load.1.requests=7"])
    assert spec.track.swanlab.mode == "local"
    assert spec.sweeps[0].load[1].requests == 7


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("sweeps.0.run_name={model.foo}", "sweeps.0.run_name"),
        ("sweeps.0.run_name={model[foo]}", "sweeps.0.run_name"),
        ("sweeps.0.run_name={concurrency:d}", "sweeps.0.run_name"),
        ("name=2026-13-45", "--set name=2026-13-45"),
        ("sweeps.0.load=[{concurrency: 4, requests: 8}, {burst: 4}]", "c4 stands twice"),
        (
            "accuracy=[{dataset: aime25}, {dataset: aime25, path: /other}]",
            "the same question set stands twice",
        ),
        ("server.model=~nobody-of-that-name/model", "~nobody-of-that-name/model"),
        ("server={kind: endpoint, model: m, url: 'http://::1:8000/v1'}", "IPv6 host in brackets"),
    ],
)
def test_what_would_fail_later_is_wrong_input_now(override: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        load_spec("smoke", [override])


def test_a_spec_of_an_impossible_name_is_not_found() -> None:
    with pytest.raises(InputError, match="no spec"):
        load_spec("x" * 300)
    with pytest.raises(InputError, match="no spec file"):
        load_spec("./" + "x" * 300 + ".yaml")
