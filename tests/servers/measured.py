"""Measures a server with a sweep of random prompts and a chat sweep, and returns what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars
import yaml
from pydantic import SecretStr

from flows.benchmark import benchmark
from tasks.probe.conformance import check_conformance
from tasks.record.store import Store
from tasks.serve.endpoint import Endpoint

INPUT_TOKENS, OUTPUT_TOKENS, REQUESTS = 32, 16, 12
BUSY = {"other_load", "client_delay", "client_processor", "client_clock", "client_stall", "ttft", "one_piece"}
"""Checks that other work on the test machine may set off.

With two cores for server, client and all else, the client may read a first token late, so that its TTFT is
not the server's, and a whole answer at once. Tokens, lengths and the median TPOT do not depend on that.
"""
SHORT = {"drift"}
"""Unchecked at both points, which are too short for it."""
NO_COUNTERS = {
    "metrics",
    "restart",
    "requests_counted",
    "output_counted",
    "input_counted",
    "preemptions",
    "speculation",
    "ttft",
    "tpot",
}
"""The checks that compare with the server's counters: unchecked where it has no /metrics."""


@dataclass(frozen=True)
class Measured:
    """What a run recorded."""

    run: dict[str, Any]
    points: polars.DataFrame
    requests: polars.DataFrame
    checks: polars.DataFrame

    def verdict(self, sweep: str, check: str) -> tuple[str, str]:
        """Return the verdict and the sentence of a check."""
        (row,) = self.checks.filter(sweep=sweep, check=check).to_dicts()
        return row["verdict"], row["sentence"]

    def unchecked(self, sweep: str) -> set[str]:
        """Return the unchecked checks, without those of GPUs, of the machine and of long points."""
        names = set(self.checks.filter(sweep=sweep, verdict="unchecked")["check"])
        assert names >= SHORT
        without = SHORT | (BUSY - NO_COUNTERS)
        return {name for name in names - without if not name.startswith("gpu_")}

    def found(self, sweep: str) -> set[str]:
        """Return the checks that say suspect or invalid, without those that a busy machine sets off."""
        rows = self.checks.filter(polars.col("verdict").is_in(["suspect", "invalid"]), sweep=sweep)
        return set(rows["check"]) - BUSY

    def tokens(self, sweep: str, column: str) -> set[int | None]:
        """Return the token counts that occur among the requests of a sweep."""
        return set(self.requests.filter(sweep=sweep)[column])

    def median(self, sweep: str, time: str) -> Any:
        """Return the median of a time over the requests of a sweep: a busy machine may disturb a few."""
        return self.requests.filter(sweep=sweep)[time].median()


def measure(folder: Path, server: dict[str, Any], concurrency: int = 2) -> Measured:
    """Measure both sweeps; every request must succeed."""
    load = [{"concurrency": concurrency, "requests": REQUESTS}]
    spec = {
        "name": "real",
        "server": server,
        "sweeps": [
            {"name": "text", "input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS, "load": load},
            {
                "name": "chat",
                "endpoint": "chat",
                "dataset": "openqa",
                "max_tokens": OUTPUT_TOKENS,
                "load": load,
            },
        ],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    file = folder / "real.yaml"
    file.write_text(yaml.safe_dump(spec))
    run = benchmark(spec=str(file), results=str(folder / "results"))
    store = Store(folder / "results")
    (record,) = store.read("runs", run).to_dicts()
    assert record["outcome"] == "completed"
    measured = Measured(
        record, store.read("points", run), store.read("requests", run), store.read("checks", run)
    )
    errors = measured.requests.filter(polars.col("error").is_not_null())["error"].to_list()
    assert (errors, measured.points["succeeded"].to_list()) == ([], [REQUESTS] * 2)
    return measured


def endpoint_server(root: str, model: str, tokenizer: Path, **fields: Any) -> dict[str, Any]:
    """Return the `server` of a spec that measures a running server."""
    return {"kind": "endpoint", "url": f"{root}/v1", "model": model, "tokenizer": str(tokenizer), **fields}


def doctor(root: str, key: str | None = None) -> dict[str, tuple[str, str]]:
    """Return the lines of `servegauge doctor --url`: status and text by name.

    With a minute in place of ten seconds, for the first answers of a server on a busy machine.
    """
    api_key = SecretStr(key) if key else None
    endpoint = Endpoint(url=f"{root}/v1", model="", tokenizer="none", api_key=api_key)
    return {
        line.name: (line.status, line.text) for line in check_conformance(endpoint, limit_s=60).capabilities
    }
