"""A LiteLLM proxy in front of the stub."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stub.process import Stub
from tests.helpers.ports import free_port
from tests.servers.environment import bin_of
from tests.servers.measured import (
    INPUT_TOKENS,
    NO_COUNTERS,
    OUTPUT_TOKENS,
    REQUESTS,
    doctor,
    endpoint_server,
    measure,
)
from tests.servers.running import running

pytestmark = pytest.mark.timeout(900)  # the server may have to be installed first
TTFT_S, ITL_S = 0.1, 0.03
PROXY_S = 0.3
"""The most that the proxy adds to TTFT."""


@pytest.mark.usefixtures("api")
def test_a_proxy_is_measured_with_the_stubs_tokens_and_times(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, port, key = bin_of("litellm") / "litellm", free_port(), f"sk-{secrets.token_hex(16)}"
    behind = stub(ttft=TTFT_S, itl=ITL_S, tokens=20, tokenizer=str(tokenizer))
    config = tmp_path / "litellm.yaml"
    parameters = {"model": "openai/stub", "api_base": behind.url, "api_key": "none"}
    config.write_text(yaml.safe_dump({"model_list": [{"model_name": "stub", "litellm_params": parameters}]}))
    root = f"http://127.0.0.1:{port}"
    command = (str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port))
    monkeypatch.setenv("PROXY_KEY", key)
    with running(command, f"{root}/health/liveliness", tmp_path / "log.txt", {"LITELLM_MASTER_KEY": key}):
        lines = doctor(root, key)
        behind.clear_log()
        found = measure(tmp_path, endpoint_server(root, "stub", tokenizer, api_key_env="PROXY_KEY"))
        served = [entry for entry in behind.log() if entry.tokens == OUTPUT_TOKENS]

    assert {name for name, (status, _) in lines.items() if status != "ok"} == {"metrics", "start time"}
    assert "are kept" in lines["exact length"][1]
    assert found.run["warnings"] == []
    assert len(served) == 2 * REQUESTS
    prompts = {entry.prompt_tokens for entry in served if entry.path == "/v1/completions"}
    assert found.tokens("text", "input_tokens") == prompts == {INPUT_TOKENS}
    for sweep in ("text", "chat"):
        assert found.tokens(sweep, "output_tokens") == {OUTPUT_TOKENS}
        assert found.found(sweep) == set()
        assert TTFT_S <= found.median(sweep, "ttft_s") <= TTFT_S + PROXY_S
        assert found.median(sweep, "tpot_s") == pytest.approx(ITL_S, rel=0.25)
    assert found.unchecked("text") == NO_COUNTERS
    assert found.unchecked("chat") == NO_COUNTERS | {"output_length", "input_length"}
    assert found.verdict("text", "metrics")[1].startswith("the server has no /metrics")
