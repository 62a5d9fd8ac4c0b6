"""`servegauge export run`: what it prints, and that it and `import` fit together."""

from __future__ import annotations

from pathlib import Path

from tasks.record.store import Store
from tests.cli.answer import Call, refused
from tests.record.test_compact import record


def test_an_export_is_imported_again(call: Call, tmp_path: Path) -> None:
    record(Store(tmp_path / "results"), "run-1")
    done = call("export", "run", "last", "--as", "vllm")
    assert done.stdout.splitlines() == [
        "run-1-vllm/throughput-c1-number20-1.json",
        "run-1-vllm/throughput-c4-number20-1.json",
    ]
    imported = call("import", *done.stdout.splitlines())
    assert len(imported.stdout.splitlines()) == 2
    assert "-servegauge-" in imported.stdout
    refused(call("export", "run", "run-1", "--as", "vllm"), 2, "exists already", "--to")
    refused(call("export", "run", "run-1", "--sweep", "chat"), 2, "no points of a sweep 'chat'")
