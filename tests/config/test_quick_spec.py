"""The spec of `servegauge bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.config.commented_spec import plain_spec
from tasks.config.new_spec import save_spec
from tasks.config.quick_spec import QuickChoice, quick_spec
from tasks.config.server import EndpointServer
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


def choice(**options: Any) -> QuickChoice:
    """The options of a bench of one server."""
    return QuickChoice(url="http://127.0.0.1:8000/v1", model="m", **options)


def loads(spec: Spec) -> dict[str, list[tuple[float, int]]]:
    """Level and requests of every load, by sweep."""
    return {sweep.name: [(load.level, load.requests) for load in sweep.loads] for sweep in spec.sweeps}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"concurrency": [(1, 5), (10, 50), (50, 250)]}),
        ({"concurrency": "1, 4"}, {"concurrency": [(1, 5), (4, 20)]}),
        ({"concurrency": "4", "requests": 7}, {"concurrency": [(4, 7)]}),
        ({"rate": "2.5"}, {"rate": [(2.5, 75)]}),
        ({"rate": "0.01"}, {"rate": [(0.01, 1)]}),
        ({"concurrency": "1", "rate": "2,4"}, {"concurrency": [(1, 5)], "rate": [(2, 60), (4, 120)]}),
    ],
)
def test_loads(options: dict[str, Any], expected: dict[str, list[tuple[float, int]]]) -> None:
    assert loads(Spec.model_validate(quick_spec(choice(**options)))) == expected


def test_every_option_is_in_the_spec() -> None:
    options = {
        "input_tokens": 7,
        "output_tokens": 3,
        "endpoint": "chat",
        "api_key_env": "K",
        "tokenizer": "./t",
    }
    spec = Spec.model_validate(quick_spec(choice(**options), "mine"))
    server, (sweep,) = spec.server, spec.sweeps
    assert isinstance(server, EndpointServer)
    assert (spec.name, server.url, server.model) == ("mine", "http://127.0.0.1:8000/v1", "m")
    assert (server.api_key_env, server.tokenizer) == ("K", str(Path.cwd() / "t"))
    assert (sweep.endpoint, sweep.dataset, sweep.input_tokens, sweep.output_tokens) == (
        "chat",
        "random",
        7,
        3,
    )


def test_the_saved_spec_is_the_printed_one(tmp_path: Path) -> None:
    fields = quick_spec(choice(rate="2"))
    file = save_spec(str(tmp_path / "my.yaml"), fields)
    assert file.read_text().partition("\n")[2] == plain_spec(fields)
    assert load_spec(str(file)) == Spec.model_validate(fields)
    assert "- {rate: 2, requests: 60}" in plain_spec(fields)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"concurrency": "1,x"}, "--concurrency 1,x: 'x' is not a whole number above 0"),
        ({"concurrency": "1,,4"}, "'' is not a whole number above 0"),
        ({"concurrency": "0"}, "'0' is not a whole number above 0"),
        ({"concurrency": "2.5"}, "'2.5' is not a whole number above 0"),
        ({"rate": "0.0"}, "'0.0' is not a number above 0"),
        ({"rate": "-1"}, "'-1' is not a number above 0"),
        ({"rate": "1e9"}, "'1e9' is not a number above 0"),
        ({"concurrency": "4,4"}, "c4 is listed twice"),
    ],
)
def test_what_is_refused(options: dict[str, Any], what: str) -> None:
    with pytest.raises(InputError) as caught:
        quick_spec(choice(**options))
    assert what in caught.value.what


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(InputError, match=r"server\.url"):
        quick_spec(QuickChoice(url="127.0.0.1:8000", model="m"))
