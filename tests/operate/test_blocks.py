"""Blocks: registered by the command, named by a spec, their secrets nowhere in clear."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.operate.upper import ROOT, Upped

SECRET = "block-secret-5f2a90c1"


def test_a_spec_names_a_block_and_its_secret_stays_out_of_sight(
    up: Upped, quick: str, tmp_path: Path
) -> None:
    env = {**up.env, "PREFECT_API_URL": f"{up.address}/api"}
    argv = (sys.executable, "-m", "flows.cli", "blocks")
    told = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["SwanLabCredentials", "ModelHub", "ResultStore", "ServingHost"]

    make(up, "swanlab-credentials", "account", {"api_key": SECRET, "host": "http://127.0.0.1:9"})
    make(up, "result-store", "elsewhere", {"location": str(tmp_path / "elsewhere")})
    online = ["blocks.swanlab=account", "blocks.results=elsewhere"]
    online += ["track.swanlab.mode=online", "track.swanlab.timeout_s=8"]
    run = up.start({"spec": quick, "only": "speed", "overrides": online})
    assert up.ended(run) == "COMPLETED", up.logs(run)

    assert list((tmp_path / "elsewhere" / "points").glob("*.parquet"))
    page = up.artifacts(run)["report"]["data"]
    assert "Warning" in page  # the tracker at the block's host did not answer, so the block was used
    seen = [page, up.logs(run), str(up.run(run)), str(up.artifacts(run)), up.output()]
    files = [path for folder in (tmp_path, up.folder) for path in folder.rglob("*") if path.is_file()]
    seen += [path.read_bytes().decode(errors="replace") for path in files if path.suffix != ".key"]
    assert not [text[:200] for text in seen if SECRET in text]


def make(up: Upped, kind: str, name: str, data: dict[str, str]) -> None:
    """A block document, as the UI makes one."""
    block_type = up.ask("GET", f"/block_types/slug/{kind}")
    wanted = {"block_schemas": {"block_type_id": {"any_": [block_type["id"]]}}}
    schema = up.post("/block_schemas/filter", wanted)[0]
    body = {"name": name, "data": data, "block_type_id": block_type["id"], "block_schema_id": schema["id"]}
    up.post("/block_documents/", body)
