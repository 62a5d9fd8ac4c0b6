"""The table of engines."""

from __future__ import annotations

import pytest

from tasks.config.server import VllmServer
from tasks.serve.engines.engine_registry import ENGINES, engine_of, parser_module
from tasks.serve.engines.vllm import MODULE, VllmEngine
from tests.serve.fake import a_model, a_server
from tests.serve.test_find_endpoint import a_command


def test_the_engine_of_a_server() -> None:
    assert isinstance(engine_of(a_server()), VllmEngine)
    assert ENGINES.keys() == {"vllm", "command"}


@pytest.mark.parametrize("server", [a_server(), a_command()])
def test_every_engine_listens_where_it_is_told(server: VllmServer) -> None:
    argv = engine_of(server).argv(a_model(), "python3", "0.0.0.0", 8801)
    assert "8801" in argv


def test_only_engines_with_a_parser_have_flags_to_check() -> None:
    assert parser_module("vllm") == MODULE
    assert parser_module("command") is None
    assert parser_module("llama.cpp") is None
