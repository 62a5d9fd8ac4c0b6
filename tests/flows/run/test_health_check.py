"""The health check asks a server whether it heeds exact lengths, for each kind of request that needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.run import health_check
from stub.process import Stub
from tasks.config.spec import Spec
from tasks.probe.conventions import find_conventions
from tasks.serve.endpoint import Endpoint

LOAD = [{"concurrency": 1, "requests": 1}]
DRAWN = {"name": "text", "load": LOAD, "output_tokens": {"uniform": [8, 16]}}
EQUAL = {"name": "chat", "load": LOAD, "endpoint": "chat", "dataset": "openqa", "output_tokens": 16}
FREE = {**EQUAL, "output_tokens": None}


@pytest.mark.parametrize(
    ("sweeps", "kinds"),
    [([DRAWN], {"completions"}), ([DRAWN, EQUAL], {"completions", "chat"}), ([FREE], set())],
)
def test_drawn_lengths_are_asked_for_like_equal_ones(
    sweeps: list[dict[str, Any]],
    kinds: set[str],
    stub: Callable[..., Stub],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def noted(endpoint: Endpoint, answers: Any, exact: Any, **options: Any) -> Any:
        asked.append(set(exact))
        return find_conventions(endpoint, answers, exact, **options)

    monkeypatch.setattr(health_check, "find_conventions", noted)
    server = stub()
    spec = Spec.model_validate(
        {
            "name": "s",
            "server": {"kind": "endpoint", "url": server.url, "model": server.model},
            "sweeps": sweeps,
        }
    )
    endpoint = Endpoint(url=server.url, model=server.model, tokenizer="org/t")
    assert health_check.check_health(spec, endpoint, lambda: None).warnings == ()
    assert asked == [kinds]
