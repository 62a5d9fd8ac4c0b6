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
