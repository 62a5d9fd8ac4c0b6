"""`servegauge import`: what it prints for a new run and for one that is recorded."""

from __future__ import annotations

from tests.cli.answer import Call
from tests.exchange.test_readers import PATHS


def test_a_run_that_is_recorded_is_named_so(call: Call) -> None:
    file = str(PATHS["vllm"])
    first = call("import", file, str(PATHS["guidellm"]))
    assert first.returncode == 0, first.stderr
    new, other = first.stdout.splitlines()
    again = call("import", file, file)
    assert again.stdout.splitlines() == [f"{new} (recorded already)"] * 2
    assert new.endswith(f": {file}")
    assert "recorded" not in other
    twice = call("import", file, file, "--results", "elsewhere")
    assert twice.stdout.splitlines() == [new, f"{new} (recorded already)"]
