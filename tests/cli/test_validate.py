"""`servegauge validate`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.answer import Call


def test_validate_prints_a_spec_that_validates(call: Call, tmp_path: Path) -> None:
    first = call("validate", "smoke", "--set", "sweeps.0.repeats=2")
    assert first.returncode == 0
    (tmp_path / "whole.yaml").write_text(first.stdout)
    second = call("validate", "whole.yaml")
    assert second.stdout == first.stdout
