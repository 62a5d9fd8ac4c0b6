"""GuideLLM's mock server, which counts blanks as tokens and has a length of answers of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.home import checkout
from tests.helpers.ports import free_port
from tests.servers.environment import bin_of
from tests.servers.measured import NO_COUNTERS, OUTPUT_TOKENS, doctor, endpoint_server, measure
from tests.servers.running import running

pytestmark = pytest.mark.timeout(900)  # the server may have to be installed first
TTFT_S, ITL_S, LENGTH = 0.1, 0.03, 32
PINS = checkout() / "benchmarks/requirements-guidellm.txt"


@pytest.mark.usefixtures("api")
def test_the_mock_is_measured_with_its_own_times(tokenizer: Path, tmp_path: Path) -> None:
    program, port = bin_of("guidellm", PINS) / "guidellm", free_port()
    root = f"http://127.0.0.1:{port}"
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "model": "mock",
        "ttft-ms": TTFT_S * 1000,
        "itl-ms": ITL_S * 1000,
        "output-tokens": LENGTH,
    }
    command = [str(program), "mock-server", *(f"--{name}={value}" for name, value in settings.items())]
    with running(command, f"{root}/health", tmp_path / "log.txt"):
        lines = doctor(root)
        found = measure(tmp_path, endpoint_server(root, "mock", tokenizer))

    limited = {name for name, (status, _) in lines.items() if status != "ok"}
    assert limited == {"exact length", "metrics", "start time"}
    assert "are ignored" in lines["exact length"][1]
    assert found.run["warnings"] == []
    for sweep in ("text", "chat"):
        assert found.tokens(sweep, "output_tokens") == {OUTPUT_TOKENS}
        assert found.median(sweep, "ttft_s") == pytest.approx(TTFT_S, abs=0.1)
        assert found.median(sweep, "tpot_s") == pytest.approx(ITL_S, rel=0.25)
    # No false alarm: each word is two tokens to the mock, itself and the blank behind it.
    assert found.found("text") == {"input_length"}
    assert found.verdict("text", "input_length")[1].startswith("12 of 12 prompts do not have 32 input tokens")
    assert found.found("chat") == set()
    assert found.unchecked("text") == NO_COUNTERS | {"prefix_cache"}
    assert found.unchecked("chat") == NO_COUNTERS | {"prefix_cache", "output_length", "input_length"}
