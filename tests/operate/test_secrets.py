"""No key or token is readable anywhere while runs use them: files, API, log, command lines, bucket."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from stub.process import stub_server
from tests.faults.case import Case
from tests.faults.fake_environment import make_environment
from tests.operate.blocks import make_block, register
from tests.operate.conftest import ENDPOINT_KEY
from tests.operate.upper import Upped
from tests.record.s3 import BUCKET, S3

SWANLAB, HUB, TEAM, ENDPOINT = "sw-secret-5f2a90c1", "hf_secret81d3b7aa", "team-5d1e0a7c", ENDPOINT_KEY[1]
MLFLOW = "ml-secret-0c77e1d2"
PAUSE_S = 0.05
pytestmark = pytest.mark.timeout(600)


@contextmanager
def every_command_line(command_lines: set[str]) -> Iterator[None]:
    """Collect the command lines of all processes of the machine while the block lasts."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(PAUSE_S):
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    command_lines.add(" ".join(process.cmdline()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def written(*folders: Path) -> dict[str, bytes]:
    """Every file under the folders, the key that Prefect encrypts blocks with aside."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if path.suffix != ".key"}


def api_text(up: Upped, run: str) -> str:
    """What the API returns about a run: parameters, logs, artifacts, tasks and events."""
    of_run = {"flow_runs": {"id": {"any_": [run]}}}
    tasks = up.post("/task_runs/filter", of_run)
    events = up.post("/events/filter", {"filter": {"event": {"prefix": ["servegauge."]}}})
    return f"{up.run(run)} {up.logs(run)} {up.artifacts(run)} {tasks} {events}"


@pytest.fixture
def case(tmp_path: Path, tokenizer: Path) -> Case:
    """A fake vLLM; its spec does not name the environment that it needs, a block does."""
    (tokenizer / "config.json").write_text("{}")
    return Case(tmp_path, make_environment(tmp_path / "environment"), tokenizer)


def test_no_key_is_seen_anywhere_and_blocks_reach_the_server(
    up: Upped, quick: str, case: Case, s3: S3, tokenizer: Path, tmp_path: Path
) -> None:
    command_lines: set[str] = set()
    with (
        stub_server(ttft=0.01, itl=0.002, tokens=8, tokenizer=str(tokenizer), api_key=ENDPOINT) as closed,
        every_command_line(command_lines),
    ):
        register(up)
        make_block(up, "swanlab-credentials", "account", {"api_key": SWANLAB, "host": "http://127.0.0.1:9"})
        make_block(up, "mlflow-credentials", "team", {"uri": "http://127.0.0.1:9", "token": MLFLOW})
        make_block(up, "model-hub", "closed", {"hub": "huggingface", "token": HUB})
        make_block(up, "result-store", "bucket", bucket(s3))
        box = {"environment": str(case.python), "env": {"FAKE_ITL": "0.03"}}
        make_block(up, "serving-host", "box", box)
        named = ["swanlab=account", "mlflow=team", "hub=closed", "results=bucket", "host=box"]
        overrides = [f"blocks.{block}" for block in named]
        overrides += ["track.swanlab.mode=online", "track.swanlab.timeout_s=8", "environment=vllm-cuda"]
        own_run = up.start({"spec": case.spec(), "overrides": overrides})
        server = psutil.Process(case.wait_for_start()["server"])
        variables = server.environ()
        assert up.ended(own_run) == "COMPLETED", up.logs(own_run)

        keyed = [f"server.url={closed.url}", f"server.api_key_env={ENDPOINT_KEY[0]}"]
        endpoint_run = up.start({"spec": quick, "only": "speed", "overrides": keyed})
        assert up.ended(endpoint_run) == "COMPLETED", up.logs(endpoint_run)
        make_block(up, "endpoint-credentials", "cloud", {"api_key": ENDPOINT, "headers": {"X-Team": TEAM}})
        blocked = [f"server.url={closed.url}", "blocks.endpoint=cloud"]
        block_run = up.start({"spec": quick, "only": "speed", "overrides": blocked})
        assert up.ended(block_run) == "COMPLETED", up.logs(block_run)
        texts = {
            "block_run": api_text(up, block_run),
            "own_run": api_text(up, own_run),
            "endpoint_run": api_text(up, endpoint_run),
            "up": up.output(),
        }

    assert not {"HF_TOKEN", "AWS_SECRET_ACCESS_KEY"} & variables.keys()  # the model is there: no need of them
    assert variables["FAKE_ITL"] == "0.03"
    assert f"s3://{BUCKET}/store/files/" in texts["own_run"]  # where the page and the server's log are
    for tracker in ("SwanLab", "MLflow"):
        assert f"not tracked in {tracker}" in texts["own_run"]  # the host of the block was asked
    objects = s3.objects()
    assert any(re.match(r"store/points/.*\.parquet", name) for name in objects)

    secrets = (SWANLAB, MLFLOW, HUB, TEAM, ENDPOINT, s3.secret, variables["VLLM_API_KEY"])
    texts_by_source = (
        {name: text.encode() for name, text in texts.items()} | objects | written(tmp_path, up.folder)
    )
    texts_by_source |= {line: line.encode() for line in command_lines}
    assert any(name.endswith("prefect.db") for name in texts_by_source)
    assert any("flows.run.flow_process" in line for line in command_lines)
    leaks = [
        (name, secret)
        for name, text in texts_by_source.items()
        for secret in secrets
        if secret.encode() in text
    ]
    assert leaks == []


def bucket(s3: S3) -> dict[str, object]:
    """A block of the bucket."""
    return {
        "location": f"s3://{BUCKET}/store",
        "endpoint_url": s3.endpoint,
        "access_key_id": s3.key,
        "secret_access_key": s3.secret,
    }
