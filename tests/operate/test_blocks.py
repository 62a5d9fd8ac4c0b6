"""Blocks: registered by the command, and named by a spec. Their secrets: tests/operate/test_secrets.py."""

from __future__ import annotations

from pathlib import Path

from tests.operate.blocks import make_block, register
from tests.operate.upper import Upped


def test_a_spec_names_where_its_results_go(up: Upped, quick: str, tmp_path: Path) -> None:
    credentials = ["SwanLabCredentials", "MLflowCredentials", "ModelHub", "EndpointCredentials"]
    assert register(up) == [*credentials, "ResultStore", "ServingHost"]
    make_block(up, "result-store", "elsewhere", {"location": str(tmp_path / "elsewhere")})
    run = up.start({"spec": quick, "only": "speed", "overrides": ["blocks.results=elsewhere"]})
    assert up.ended(run) == "COMPLETED", up.logs(run)
    assert list((tmp_path / "elsewhere" / "points").glob("*.parquet"))


def test_a_block_that_is_not_there_is_named(up: Upped, quick: str) -> None:
    run = up.start({"spec": quick, "overrides": ["blocks.results=nosuch"]})
    assert up.ended(run) == "FAILED"
    assert "no block result-store/nosuch" in up.artifacts(run)["failure"]["data"]
