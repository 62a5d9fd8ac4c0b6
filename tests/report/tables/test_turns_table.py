"""The tables of conversations."""

from __future__ import annotations

from tasks.report.tables.turns_table import history_table, turns_table
from tasks.report.turn_figures import TurnRequest, turn_figures
from tests.report.made_up import cells, sweep, with_turns


def test_a_sweep_without_conversations_has_neither_table() -> None:
    assert turns_table(sweep("throughput")) is None
    assert history_table(sweep("throughput")) is None


def test_the_loads_come_in_the_order_of_the_sweep() -> None:
    measured = with_turns(sweep("throughput"))
    by_turn, by_history = turns_table(measured), history_table(measured)
    assert by_turn is not None
    assert by_history is not None
    assert cells(by_turn, "Load") == ["1", "1", "10", "10", "100", "100"]
    assert cells(by_turn, "Verdict") == ["valid"] * 4 + ["suspect"] * 2
    assert cells(by_turn, "Turn") == ["1", "2"] * 3
    assert cells(by_turn, "History")[:2] == ["–", "1,500"]
    assert cells(by_turn, "Cache hits")[:2] == ["0", "0.75"]
    assert cells(by_turn, "TTFT mean")[:2] == ["50.0", "80.0"]
    assert cells(by_history, "Load") == ["1", "10", "100"]
    assert cells(by_history, "History") == ["1,024–2,047"] * 3


def test_late_turns_are_a_range() -> None:
    late = turn_figures("throughput", "c1", [TurnRequest(12, 10, 20, 10, 0.1, None)])
    table = turns_table(sweep("throughput").model_copy(update={"turns": tuple(late)}))
    assert table is not None
    assert cells(table, "Turn") == ["9–16"]
    assert cells(table, "TPOT mean") == ["–"]
