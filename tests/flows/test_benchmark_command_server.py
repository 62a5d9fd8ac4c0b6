"""A run whose server is started by a command template, with real processes."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
import yaml

from flows.benchmark import benchmark
from tasks.config.home import checkout
from tasks.errors import ServerStartError
from tasks.record.store import Store

pytestmark = pytest.mark.usefixtures("api")
ROOT = checkout()
STUB = f"sleep 600 | exec {sys.executable} -m cli.main stub --itl 0.005"
"""A second process, `sleep`, has to end too."""


def write(folder: Path, model: Path, shell: str, **fields: object) -> str:
    """A spec whose server is this shell command; its path."""
    server = {
        "kind": "command",
        "engine": "stub",
        "version": "1.0",
        "model": str(model),
        "served_name": "tiny",
        "command": ["/bin/sh", "-c", shell],
        "ready": "/health",
        "api_key_env": "STUB_API_KEY",
        "env": {"PYTHONPATH": str(ROOT), "MARK": str(folder)},
        **fields,
    }
    sweep = {
        "name": "s",
        "input_tokens": 32,
        "output_tokens": 8,
        "load": [{"concurrency": 2, "requests": 8}],
    }
    spec = {
        "name": "other",
        "server": server,
        "sweeps": [sweep],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    file = folder / "other.yaml"
    file.write_text(yaml.safe_dump(spec))
    return str(file)


def running(folder: Path) -> list[int]:
    """Processes that the server's environment marks."""
    pids = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MARK") == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                pids.append(process.pid)
        except psutil.Error:
            continue
    return pids


def test_it_is_started_measured_and_ended(tmp_path: Path, model: Path) -> None:
    command = f"{STUB} --port {{port}} --model {{served_name}} --tokenizer {{model}}"
    run = benchmark(spec=write(tmp_path, model, command), results=str(tmp_path / "results"))
    store = Store(tmp_path / "results")
    (point,) = store.read("points", run).to_dicts()
    assert (point["succeeded"], point["output_tokens_mean"]) == (8, 8)
    assert point["verdict"] != "invalid"
    (row,) = store.read("runs", run).to_dicts()
    assert (row["engine"], row["engine_version"], row["outcome"]) == ("stub", "1.0", "completed")
    assert "{port}" in row["server_args"]
    assert running(tmp_path) == []
    again = benchmark(spec=write(tmp_path, model, command), results=str(tmp_path / "results"))
    assert store.read("points", again)["reused"].to_list() == [True]


def test_a_command_that_ends_says_so(tmp_path: Path, model: Path) -> None:
    shell = "echo no such flag {port} >&2; exit 3"
    with pytest.raises(ServerStartError, match="ended with exit code 3") as error:
        benchmark(spec=write(tmp_path, model, shell), results=str(tmp_path / "results"))
    assert "no such flag" in error.value.detail
