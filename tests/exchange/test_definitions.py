"""Where the definitions of two load generators differ."""

from __future__ import annotations

import pytest

from tasks.exchange.definitions import differences, tool_key, tool_name
from tasks.exchange.readers.reader_registry import READERS
from tasks.exchange.tools import OWN, TOOLS


def test_every_tool_that_can_be_read_has_the_same_figures_defined() -> None:
    assert {reader.tool for reader in READERS} | {OWN} == TOOLS.keys()
    figures = {tuple(tool.definitions) for tool in TOOLS.values()}
    loads = ("TTFT", "TPOT", "latency", "percentiles", "requests", "throughput")
    scores = ("score", "missing answers")
    assert figures == {loads, scores, (*loads, *scores)}
    assert tuple(TOOLS[OWN].definitions) == (*loads, *scores)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_does_not_differ_from_itself(tool: str) -> None:
    assert list(differences(tool, tool)) == []


@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if "TTFT" in TOOLS[tool].definitions and tool != OWN]
)
def test_ttft_of_the_others_is_higher_because_their_clock_starts_before_the_socket(tool: str) -> None:
    pushes = {difference.figure: difference.pushes for difference in differences(OWN, tool)}
    assert pushes["TTFT"] == f"{TOOLS[tool].name} is higher for that reason alone"


def test_the_direction_does_not_depend_on_the_order() -> None:
    forward = {difference.figure: difference.pushes for difference in differences("evalscope", "vllm")}
    backward = {difference.figure: difference.pushes for difference in differences("vllm", "evalscope")}
    assert forward == backward
    assert forward["TPOT"] == "EvalScope perf is higher for that reason alone"


def test_tools_of_scores_and_tools_of_loads_share_no_figure() -> None:
    assert list(differences("vllm", "evalscope-eval")) == []
    assert [each.figure for each in differences(OWN, "evalscope-eval")] == ["score", "missing answers"]
    assert {each.pushes for each in differences(OWN, "evalscope-eval")} == {
        "EvalScope eval is higher for that reason alone"
    }


def test_a_tool_that_is_not_known_is_called_by_its_key() -> None:
    assert tool_name("vllm 0.32.0") == "vllm bench serve"
    assert tool_name("made-up 1") == "made-up"
    assert tool_name(None) == OWN
    assert list(differences(OWN, "made-up")) == []


@pytest.mark.parametrize(("source", "key"), [(None, OWN), ("vllm", "vllm"), ("guidellm 0.8.1", "guidellm")])
def test_a_source_names_its_tool(source: str | None, key: str) -> None:
    assert tool_key(source) == key
