"""Checks before anything starts: what they refuse needs no server and no load."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run.preflight import preflight
from tasks.config.server import EndpointServer
from tasks.config.spec import Spec
from tasks.errors import InputError


def spec_with(tokenizer: Path, **sweep: object) -> Spec:
    """A spec for a server that does not exist, with one sweep of chat requests."""
    server = EndpointServer(kind="endpoint", url="http://127.0.0.1:9/v1", model="m", tokenizer=str(tokenizer))
    load = [{"concurrency": 1, "requests": 20}]
    fields = {"name": "talk", "endpoint": "chat", "load": load, **sweep}
    return Spec.model_validate({"name": "s", "server": server, "sweeps": [fields]})


def test_a_tokenizer_without_chat_template_is_refused_before_any_load(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text("{}")
    with pytest.raises(InputError, match=r"tokenizer_config\.json has no chat_template"):
        preflight(spec_with(tmp_path), None)
    preflight(spec_with(tmp_path, dataset="openqa"), None)


def accuracy_spec(tokenizer: Path, **fields: object) -> Spec:
    """A spec for a server that does not exist, with one question set."""
    server = EndpointServer(kind="endpoint", url="http://127.0.0.1:9/v1", model="m", tokenizer=str(tokenizer))
    return Spec.model_validate({"name": "s", "server": server, "accuracy": [fields]})


def test_the_requests_of_a_load_need_a_chat_template_too(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text("{}")
    with pytest.raises(InputError, match=r"sweep under-load: .* has no chat_template"):
        preflight(accuracy_spec(tmp_path, under_load={"concurrency": 2}), None)
    preflight(accuracy_spec(tmp_path, under_load={"concurrency": 2, "endpoint": "completions"}), None)


def test_the_key_of_a_judge_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = {"url": "http://127.0.0.1:9/v1", "model": "judge", "api_key_env": "KEY_OF_THE_JUDGE"}
    spec = accuracy_spec(tmp_path, dataset="simple_qa", judge=judge)
    with pytest.raises(InputError, match=r"judge\.api_key_env names KEY_OF_THE_JUDGE, which is not set"):
        preflight(spec, None)
    monkeypatch.setenv("KEY_OF_THE_JUDGE", "secret")
    preflight(spec, None)
