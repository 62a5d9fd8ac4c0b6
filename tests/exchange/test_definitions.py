"""Where the definitions of two load generators differ."""

from __future__ import annotations

import pytest

from tasks.exchange.definitions import OWN, TOOLS, differences, tool_key
from tasks.exchange.readers.reader_registry import READERS


def test_every_tool_that_can_be_read_has_the_same_figures_defined() -> None:
    assert {reader.tool for reader in READERS} | {OWN} == TOOLS.keys()
    assert len({tuple(tool.definitions) for tool in TOOLS.values()}) == 1


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_does_not_differ_from_itself(tool: str) -> None:
    assert list(differences(tool, tool)) == []


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != OWN])
def test_ttft_of_the_others_is_higher_because_their_clock_starts_before_the_socket(tool: str) -> None:
    pushes = {difference.figure: difference.pushes for difference in differences(OWN, tool)}
    assert pushes["TTFT"] == f"{TOOLS[tool].name} is higher for that reason alone"


def test_the_direction_does_not_depend_on_the_order() -> None:
    forward = {difference.figure: difference.pushes for difference in differences("evalscope", "vllm")}
    backward = {difference.figure: difference.pushes for difference in differences("vllm", "evalscope")}
    assert forward == backward
    assert forward["TPOT"] == "EvalScope perf is higher for that reason alone"


@pytest.mark.parametrize(("source", "key"), [(None, OWN), ("vllm", "vllm"), ("guidellm 0.8.1", "guidellm")])
def test_a_source_names_its_tool(source: str | None, key: str) -> None:
    assert tool_key(source) == key
