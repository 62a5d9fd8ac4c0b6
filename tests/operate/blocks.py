"""Block types and documents on the tests' server, created as an operator creates them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from tests.operate.upper import ROOT, Server, Upped


def register(up: Upped) -> list[str]:
    """Run `servegauge blocks`; returns the names that it prints."""
    env = {**up.env, "PREFECT_API_URL": f"{up.address}/api"}
    argv = (sys.executable, "-m", "cli.main", "blocks")
    return subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def make_block(server: Server, kind: str, name: str, data: Mapping[str, object]) -> None:
    """Create a block document, as the UI does."""
    block_type = server.ask("GET", f"/block_types/slug/{kind}")
    wanted = {"block_schemas": {"block_type_id": {"any_": [block_type["id"]]}}}
    schema = server.post("/block_schemas/filter", wanted)[0]
    body = {"name": name, "data": data, "block_type_id": block_type["id"], "block_schema_id": schema["id"]}
    server.post("/block_documents/", body)
