"""A server answers wrongly: each wrong response is a failed request with its reason, and the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from flows.benchmark import benchmark
from stub.process import Stub, stub_server
from tasks.errors import EndpointError, InputError, MeasureError
from tasks.record.store import Store

pytestmark = pytest.mark.usefixtures("api")
FAULTY = ("error500", "reset", "stall", "wrong_model")
"""The fault of each sweep's third request."""


def write_spec(stub: Stub, tokenizer: Path, folder: Path) -> str:
    """Write a spec with one sweep for each fault. Returns its path."""
    sweep = {
        "input_tokens": 32,
        "output_tokens": 8,
        "timeout_s": 3,
        "load": [{"concurrency": 1, "requests": 3}],
    }
    server = {"kind": "endpoint", "url": stub.url, "model": stub.model, "tokenizer": str(tokenizer)}
    spec = {
        "name": "faulty-endpoint",
        "server": server,
        "sweeps": [{"name": name, **sweep} for name in FAULTY],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    path = folder / "faulty-endpoint.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def measured(api: str, tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The requests of a run against a server that answers every third request wrongly."""
    folder = tmp_path_factory.mktemp("endpoint")
    # The health check sends requests 0, 1 and 2, so the third of the first sweep is request 5, and so on.
    faults = [{"kind": kind, "first": 3 * sweep + 2, "count": 1} for sweep, kind in enumerate(FAULTY, 1)]
    with stub_server(ttft=0.02, itl=0.005, tokenizer=str(tokenizer), faults=faults) as stub:
        with pytest.raises(MeasureError, match=r"measurements failed"):
            benchmark(spec=write_spec(stub, tokenizer, folder), results=str(folder / "results"))
    store = Store(folder / "results")
    assert store.read("runs")["outcome"].to_list() == ["failed"]
    assert store.read("points").height == len(FAULTY)
    return store.read("requests")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("error500", "500"),
        ("reset", "payload is not completed"),
        ("stall", "within 3 s"),
        ("wrong_model", "the answer is of model 'another-model', not 'stub'"),
    ],
)
def test_a_wrong_response_is_one_failed_request(measured: pl.DataFrame, kind: str, reason: str) -> None:
    rows = measured.filter(pl.col("sweep") == kind)
    assert rows["succeeded"].to_list() == [True, True, False]
    assert reason in rows["error"].to_list()[2]


def test_responses_of_another_model_before_anything_is_measured(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    """The server lists the right model and responds with another. The spec can allow that."""
    server = stub(tokenizer=str(tokenizer), faults=[{"kind": "wrong_model"}], ttft=0.01, itl=0.001)
    spec, results = write_spec(server, tokenizer, tmp_path), tmp_path / "results"
    with pytest.raises(EndpointError, match="of model 'another-model', not 'stub'"):
        benchmark(spec=spec, results=str(results))
    assert Store(results).read("points").is_empty()
    benchmark(spec=spec, overrides=["server.answers_as=another-model"], results=str(results))
    assert "invalid" not in Store(results).read("points")["verdict"].to_list()


def test_a_server_of_another_model(stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path) -> None:
    spec = write_spec(stub(model="other"), tokenizer, tmp_path)
    with pytest.raises(InputError, match="does not serve 'stub'; it serves 'other'"):
        benchmark(spec=spec, overrides=["server.model=stub"], results=str(tmp_path / "results"))
