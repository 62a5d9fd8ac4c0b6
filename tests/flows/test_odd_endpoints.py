"""Whole runs against gateways: figures, tokens and warnings are those of the server behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.errors import EndpointError, InputError
from tasks.measure.processes import fork_server
from tasks.probe.conventions import CLOSES
from tasks.record.store import Store
from tests.helpers.certificates import make_certificates
from tests.helpers.gateway import Gateway, Manner, gateway_to

pytestmark = pytest.mark.usefixtures("api")
Start = Callable[..., Stub]
OUTPUT_TOKENS, REQUESTS, TTFT_S, ITL_S = 16, 12, 0.1, 0.03
NO_MODELS = "/v1/models answered 404: that the server has the model 'stub' was not checked"


def write_spec(folder: Path, url: str, tokenizer: Path, **server: Any) -> str:
    """Write a spec with one sweep of each kind of request; return its path."""
    sweep = {"output_tokens": OUTPUT_TOKENS, "request": {"top_k": 20, "seed": 7}}
    load = [{"concurrency": 3, "requests": REQUESTS}]
    fields = {"kind": "endpoint", "url": url, "model": "stub", "tokenizer": str(tokenizer), **server}
    spec = {
        "name": "odd",
        "server": fields,
        "sweeps": [
            {"name": "text", "load": load, "input_tokens": 32, **sweep},
            {"name": "chat", "load": load, **sweep, "endpoint": "chat", "dataset": "openqa"},
        ],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    file = folder / "odd.yaml"
    file.write_text(yaml.safe_dump(spec))
    return str(file)


def check_figures(results: Path, run: str, warnings: list[str]) -> None:
    """Assert that both points have the stub's times and exactly its tokens, and the run these warnings."""
    store = Store(results)
    (record,) = store.read("runs", run).to_dicts()
    assert record["outcome"] == "completed"
    for text, expected in zip(record["warnings"], warnings, strict=True):
        assert expected in text
    points = store.read("points", run)
    assert points["failed"].to_list() == [0, 0]
    assert points["succeeded"].to_list() == [REQUESTS] * 2
    requests = store.read("requests", run)
    assert set(requests["output_tokens"]) == {OUTPUT_TOKENS}
    assert set(requests.filter(sweep="text")["input_tokens"]) == {32}
    # A busy machine may disturb the requests of one moment; a gateway that holds tokens back does so in all.
    for _, of_sweep in requests.group_by("sweep"):
        assert of_sweep["ttft_s"].median() == pytest.approx(TTFT_S, abs=0.15)
        assert of_sweep["tpot_s"].median() == pytest.approx(ITL_S, rel=0.25)
    invalid = store.read("checks", run).filter(verdict="invalid")
    assert invalid.is_empty(), invalid.to_dicts()


def check_bodies(gateway: Gateway, chat_limit: str = "max_tokens") -> None:
    """Assert that the load's requests carried the sweep's own fields, and the limit by its right name."""
    for path, limit in (("/v1/completions", "max_tokens"), ("/v1/chat/completions", chat_limit)):
        load = [body for body in gateway.bodies(path) if "seed" in body]
        assert len(load) == REQUESTS
        for body in load:
            assert (body["top_k"], body["seed"], body[limit]) == (20, 7, OUTPUT_TOKENS)
            assert len({"max_tokens", "max_completion_tokens"} & body.keys()) == 1


@pytest.mark.parametrize(
    ("manner", "warnings"),
    [
        (Manner(), []),
        (Manner(prefix="/tenants/red/llm"), []),
        (Manner(query="api-version=2024-10-21&x=a%2Fb"), []),
        (Manner(closes=True), [CLOSES]),
        (Manner(hides=("/v1/models",)), [NO_MODELS]),
        (Manner(hides=("/v1/models", "/health", "/metrics", "/version")), [NO_MODELS]),
        (Manner(renames_max_tokens=True), []),
    ],
    ids=["plain", "prefix", "query", "closes", "no-models", "no-pages", "max-completion-tokens"],
)
def test_a_gateway_is_measured(
    stub: Start, tmp_path: Path, tokenizer: Path, manner: Manner, warnings: list[str]
) -> None:
    server = stub(ttft=TTFT_S, itl=ITL_S, tokenizer=str(tokenizer))
    with gateway_to(server.root, manner) as gateway:
        spec = write_spec(tmp_path, gateway.url, tokenizer)
        run = benchmark(spec=spec, results=str(tmp_path / "results"))
        check_figures(tmp_path / "results", run, warnings)
        limit = "max_completion_tokens" if manner.renames_max_tokens else "max_tokens"
        check_bodies(gateway, limit)
        assert {query for _, query, _ in gateway.requests} == {manner.query}
        if manner.closes:
            assert len(gateway.peers) >= 2 * REQUESTS


def test_a_gateway_with_tls_of_an_own_authority(
    stub: Start, tmp_path: Path, tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stub(ttft=TTFT_S, itl=ITL_S, tokenizer=str(tokenizer))
    certificates = make_certificates(tmp_path)
    manner = Manner(certificates=certificates, prefix="/llm", query="api-version=1")
    results = tmp_path / "results"
    with gateway_to(server.root, manner) as gateway:
        spec = write_spec(tmp_path, gateway.url, tokenizer)
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(EndpointError, match="certificate") as unset:
            benchmark(spec=spec, results=str(results))
        assert "SSL_CERT_FILE (not set)" in unset.value.remedy

        other = make_certificates(tmp_path, "other").authority
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        with pytest.raises(EndpointError, match="certificate") as wrong:
            benchmark(spec=spec, results=str(results))
        assert f"SSL_CERT_FILE (now {other})" in wrong.value.remedy

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        with pytest.raises(InputError, match="SSL_CERT_FILE names"):
            benchmark(spec=spec, results=str(results))

        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
        fork_server.shut_down()  # measuring processes have the variables of the time when it was started
        check_figures(results, benchmark(spec=spec, results=str(results)), [])
        check_bodies(gateway)

        silent = replace(manner, closes=True)
        with gateway_to(server.root, silent) as closing:
            spec = write_spec(tmp_path, closing.url, tokenizer)
            check_figures(results, benchmark(spec=spec, results=str(results), refresh=True), [CLOSES])
    fork_server.shut_down()


def test_a_header_from_a_variable_is_sent_and_never_written(
    stub: Start, tmp_path: Path, tokenizer: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    server = stub(ttft=TTFT_S, itl=ITL_S, tokenizer=str(tokenizer))
    results, secret = tmp_path / "results", "tenant-secret-4711"
    with gateway_to(server.root, Manner(header=("X-Tenant", secret))) as gateway:
        spec = write_spec(tmp_path, gateway.url, tokenizer, headers={"X-Tenant": "TENANT"})
        monkeypatch.setenv("TENANT", f"{secret}!")
        with pytest.raises(EndpointError, match=r"refused: \*\*\*"):
            benchmark(spec=spec, results=str(results))
        monkeypatch.setenv("TENANT", secret)
        run = benchmark(spec=spec, results=str(results))
        check_figures(results, run, [])
        (record,) = Store(results).read("runs", run).to_dicts()
        assert "x-tenant" in record["server_args"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(secret.encode() not in path.read_bytes() for path in written)
    assert secret not in "".join(capfd.readouterr())
