"""What a caller of Prefect's API may change in a spec, and the permission that everything else needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from tasks.config.block_names import Blocks
from tasks.config.conversation import Conversation
from tasks.config.generation import Generation
from tasks.config.mix import MixPart
from tasks.config.permission_rules import NEEDS, PERMISSIONS, permission_for
from tasks.config.permissions import (
    ALLOW,
    RESULTS,
    allowed_by_operator,
    check_changes,
    check_results_choice,
    check_spec_choice,
    fields_of,
)
from tasks.config.question_set import QuestionSet
from tasks.config.server import Server, VllmServer
from tasks.config.spec import Spec
from tasks.config.spec_file import SPECS, load_spec
from tasks.config.steady_state import SteadyState
from tasks.config.sweep import Sweep
from tasks.config.trackers import SwanLab
from tasks.config.under_load import UnderLoad
from tasks.errors import InputError

FREE = [
    "sweeps.0.repeats=3",
    "sweeps.0.load=[{concurrency: 2, requests: 4}]",
    "sweeps.0.request={top_k: 3}",
    "accuracy.0.generation.max_tokens=5",
    "server.model=org/model",
    "server.served_name=x",
    "server.args.max-model-len=100",
    "server.args.no-enable-prefix-caching=false",
    "server.args.dtype=bfloat16",
    "server.device=cpu",
    "environment=vllm-cuda",
    "environment=current",
    "gate.worse_than=5",
    "track.swanlab.mode=disabled",
    "blocks.swanlab=account",
    "blocks.mlflow=team",
]
CONVERSATIONS_OF_A_FILE = (
    "sweeps.0={name: s, dataset: conversations, conversation: {file: /etc/shadow.jsonl}, "
    "load: [{concurrency: 1, requests: 1}]}"
)
NEEDY = [
    ("environment=/usr/bin/python3", "environments"),
    ("environment=image:engine:1@sha256:" + 64 * "0", "environments"),
    ("server.env.LD_PRELOAD=x.so", "env"),
    ("server.env.OMP_NUM_THREADS=''", "env"),
    ("server.args.trust-remote-code=true", "remote-code"),
    ("server.args.trust_remote_code=true", "remote-code"),
    ("server.args.middleware=os.system", "flags"),
    ("server.args.chat-template=/etc/passwd", "flags"),
    ("server.args.dtype=/etc/passwd", "flags"),
    ("server.args.0=x", "flags"),
    ("server.served_name=--config=x", "flags"),
    ("server.model=/etc", "paths"),
    ("server.model=a/../../etc", "paths"),
    ("server.tokenizer=~/x", "paths"),
    ("sweeps.0.dataset=/etc/shadow.jsonl", "paths"),
    (CONVERSATIONS_OF_A_FILE, "paths"),
    ("accuracy.0.path=/etc", "paths"),
    ("server={kind: command, engine: e, model: m, command: [touch, '{port}']}", "commands"),
    ("server={kind: endpoint, url: 'http://10.0.0.1/v1', model: m}", "urls"),
    ("track.swanlab.host=http://10.0.0.1", "urls"),
    ("track.swanlab.api_key_env=AWS_SECRET_ACCESS_KEY", "secrets"),
    ("track.mlflow.uri=http://10.0.0.1", "secrets"),
    ("blocks.host=mine", "blocks"),
    ("blocks.results=mine", "blocks"),
]
JUDGED: dict[type[BaseModel], str] = {
    Sweep: "abandon cache_hit_share clients conversation dataset endpoint input_tokens lengths load "
    "max_tokens mix name objectives output_tokens prefix_tokens prefixes repeats request run_name "
    "steady_state temperature timeout_s traffic_seed warmup_requests warmup_waves",
    MixPart: "share sweep",
    Conversation: "file think_time_s tool_result_tokens turns",
    QuestionSet: "batch_size dataset evalscope few_shot generation hub judge limit name path repeats retries "
    "sandbox subsets timeout_s under_load",
    SteadyState: "min_s",
    UnderLoad: "concurrency endpoint input_tokens output_tokens timeout_s",
    Generation: "max_tokens reasoning_effort request temperature top_p",
    SwanLab: "api_key_env host mode name project timeout_s workspace",
}
"""Fields whose part of the spec is free: only those with a rule of their own need a permission."""


@pytest.fixture(autouse=True)
def no_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who allows nothing."""
    for name in (ALLOW, RESULTS, "SERVEGAUGE_SPECS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("override", FREE)
def test_every_caller_may_choose(override: str) -> None:
    check_changes(load_spec("smoke"), load_spec("smoke", [override]))


@pytest.mark.parametrize(("override", "permission"), NEEDY)
def test_a_permission_is_needed_and_enough(
    override: str, permission: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = load_spec(
        "smoke", [override, *(["environment=null"] if override.startswith("server={") else [])]
    )
    with pytest.raises(InputError, match="not allowed in a run that a worker starts") as refused:
        check_changes(load_spec("smoke"), changed)
    assert f"`{permission}`" in refused.value.remedy
    monkeypatch.setenv(ALLOW, permission)
    check_changes(load_spec("smoke"), changed)


def test_a_spec_of_the_operator_keeps_its_command(tmp_path: Path) -> None:
    fields = yaml.safe_load((SPECS / "smoke.yaml").read_text())
    command = ["engine", "--trust-remote-code", "{model}", "{port}"]
    fields |= {
        "environment": None,
        "server": {"kind": "command", "engine": "e", "model": "m", "command": command},
    }
    fields["accuracy"] = []
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(fields))
    check_changes(load_spec(str(file)), load_spec(str(file), ["sweeps.0.repeats=2"]))
    with pytest.raises(InputError, match="trust_remote_code"):
        check_changes(load_spec(str(file)), load_spec(str(file), ["server.model=another"]))
    with pytest.raises(InputError, match=r"server\.command"):
        check_changes(load_spec(str(file)), load_spec(str(file), ["server.command.0=touch"]))


def test_code_of_another_model_is_not_trusted() -> None:
    spec = load_spec("gpt-oss-20b-seed")
    check_changes(spec, spec)
    with pytest.raises(InputError, match=r"server\.model=evil/repo with trust_remote_code"):
        check_changes(spec, load_spec("gpt-oss-20b-seed", ["server.model=evil/repo"]))


def test_the_key_of_a_spec_goes_to_no_other_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "urls")
    for secret in ("server.api_key_env=KEY", "server.headers.x-team=KEY", "blocks.endpoint=cloud"):
        keyed = load_spec("endpoint", [secret])
        moved = load_spec("endpoint", [secret, "server.url=http://10.0.0.1/v1"])
        with pytest.raises(InputError, match="with the key of the spec"):
            check_changes(keyed, moved)
        with pytest.raises(InputError, match="add `secrets`"):
            check_changes(load_spec("endpoint"), keyed)


def test_specs_are_bundled_or_in_the_operators_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, outside = tmp_path / "specs" / "own.yaml", tmp_path / "outside.yaml"
    own.parent.mkdir()
    outside.touch()
    (own.parent / "link.yaml").symlink_to(outside)
    check_spec_choice("smoke")
    with pytest.raises(InputError, match="not allowed"):
        check_spec_choice(str(own))
    monkeypatch.setenv("SERVEGAUGE_SPECS", str(own.parent))
    check_spec_choice(str(own))
    for other in (outside, own.parent / ".." / "outside.yaml", own.parent / "link.yaml"):
        with pytest.raises(InputError, match="not allowed"):
            check_spec_choice(str(other))


@pytest.mark.parametrize(
    ("own", "address", "allowed"),
    [
        ("/r", "/r", True),
        ("/r", "/r/below", True),
        ("/r", "/r/../etc", False),
        ("/r", "/r2", False),
        ("/r", "s3://b/p", False),
        ("s3://b/p", "s3://b/p/below", True),
        ("s3://b/p", "s3://b/p2", False),
        ("s3://b/p", "/r", False),
    ],
)
def test_results_go_below_the_operators(
    own: str, address: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RESULTS, own)
    if allowed:
        check_results_choice(address)
        return
    with pytest.raises(InputError, match="not allowed"):
        check_results_choice(address)


def test_leaves_are_words_and_unknown_ones_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "commands, paths")
    assert allowed_by_operator() == {"commands", "paths"}
    monkeypatch.setenv(ALLOW, "all")
    assert allowed_by_operator() == PERMISSIONS.keys()
    monkeypatch.setenv(ALLOW, "comands")
    with pytest.raises(InputError, match="comands") as refused:
        allowed_by_operator()
    assert "commands" in refused.value.remedy


def test_every_field_of_a_spec_was_judged() -> None:
    """A new field fails here until somebody decides what it needs: a row of NEEDS, and a name in JUDGED."""
    servers = get_args(get_args(Server)[0])
    assert VllmServer in servers
    for server in servers:
        assert not [name for name in server.model_fields if f"server.{name}" not in NEEDS]
    assert not [name for name in Blocks.model_fields if f"blocks.{name}" not in NEEDS]
    for model, names in JUDGED.items():
        assert sorted(model.model_fields) == sorted(names.split())
    judged = {"server", "blocks", "track"}
    assert not [name for name in Spec.model_fields if name not in NEEDS.keys() | judged]


def test_a_field_that_nobody_judged_is_refused() -> None:
    assert permission_for("server.new", "x") == "commands"
    assert permission_for("new", "x") == "commands"


def test_fields_are_listed_to_the_last_value() -> None:
    fields: dict[str, Any] = fields_of(load_spec("smoke"))
    assert fields["server.env.OMP_NUM_THREADS"] == "1"
    assert fields["sweeps.0.load.0.concurrency"] == 1
    assert os.sep in fields["accuracy.0.path"]
