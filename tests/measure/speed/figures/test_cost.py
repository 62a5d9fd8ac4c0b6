"""What tokens cost."""

from __future__ import annotations

import pytest

from tasks.measure.speed.figures.cost import cost_per_million
from tasks.measure.speed.figures.point_figures import with_price
from tests.record import made_up


def test_a_million_tokens_cost_what_the_server_costs_meanwhile() -> None:
    assert cost_per_million(3.6, 1000.0) == pytest.approx(1.0)
    assert cost_per_million(3.6, 0.0) is None
    assert cost_per_million(None, 1000.0) is None


def test_a_recorded_point_is_given_todays_price() -> None:
    throughputs = {"output_token_throughput": 1000.0, "total_token_throughput": 4000.0}
    priced = with_price(made_up.point().with_figures(throughputs), 3.6)
    assert priced["cost_per_million_output_tokens"] == pytest.approx(1.0)
    assert priced["cost_per_million_tokens"] == pytest.approx(0.25)
    assert with_price(priced, None)["cost_per_million_tokens"] is None
