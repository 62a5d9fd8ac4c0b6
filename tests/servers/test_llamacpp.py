"""llama.cpp's own server, with a model that the test writes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.ports import free_port
from tests.servers.environment import bin_of
from tests.servers.measured import INPUT_TOKENS, OUTPUT_TOKENS, Measured, doctor, endpoint_server, measure
from tests.servers.running import running

pytestmark = pytest.mark.timeout(900)  # the server may have to be installed first
PROGRAMS = Path(__file__).parent / "programs"
LIMITED = {"exact length", "connections", "start time"}
UNREPORTED = {"requests_counted", "preemptions", "ttft"}
"""What llama.cpp does not count, so that these checks are unchecked."""

ON_A_BUSY_MACHINE = {"tpot"}
"""The model is so small that the load generator, waiting for a CPU, may miss more than a token takes."""


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of llama.cpp's environment."""
    return bin_of("llamacpp") / "python"


@pytest.fixture(scope="module")
def gguf(python: Path, tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model."""
    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    subprocess.run([python, PROGRAMS / "write_gguf.py", tokenizer, file], check=True)
    return file


@pytest.fixture(scope="module")
def root(python: Path, gguf: Path) -> Iterator[str]:
    """The address of a running server."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    command = (str(python), str(PROGRAMS / "llamacpp_server.py"), str(gguf), str(port))
    with running(command, f"{root}/health", gguf.with_name("log.txt")):
        yield root


def check_measured(found: Measured) -> None:
    """Assert that both points have the server's own counts and nothing but what llama.cpp cannot tell."""
    (warning,) = found.run["warnings"]
    assert warning.startswith("the server closes each connection after its answer without saying so")
    assert found.tokens("text", "input_tokens") == {INPUT_TOKENS}
    for sweep in ("text", "chat"):
        assert found.tokens(sweep, "output_tokens") == {OUTPUT_TOKENS}
        assert found.found(sweep) <= ON_A_BUSY_MACHINE
        for check in ("metrics", "output_counted", "input_counted", "prefix_cache", "speculation"):
            assert found.verdict(sweep, check)[0] == "valid"
        assert "ms at the server" in found.verdict(sweep, "tpot")[1]
    assert found.unchecked("text") == UNREPORTED
    assert found.unchecked("chat") == UNREPORTED | {"output_length", "input_length"}
    assert found.verdict("text", "ttft")[1] == "llama.cpp does not report its TTFT"


@pytest.mark.usefixtures("api")
def test_it_is_measured_and_audited_as_an_endpoint(root: str, tokenizer: Path, tmp_path: Path) -> None:
    check_measured(measure(tmp_path, endpoint_server(root, "tiny.gguf", tokenizer)))


@pytest.mark.usefixtures("api")
def test_it_is_started_by_a_command(python: Path, gguf: Path, tokenizer: Path, tmp_path: Path) -> None:
    server = {
        "kind": "command",
        "engine": "llama.cpp",
        "version": "test",
        "command": [str(python), str(PROGRAMS / "llamacpp_server.py"), "{model}", "{port}"],
        "model": str(gguf),
        "served_name": "tiny.gguf",
        "tokenizer": str(tokenizer),
    }
    check_measured(measure(tmp_path, server))


def test_what_doctor_says(root: str) -> None:
    lines = doctor(root)
    assert {name for name, (status, _) in lines.items() if status != "ok"} == LIMITED
    assert lines["models"][1] == "tiny.gguf"
    assert lines["exact length"][1].startswith("unknown: answers reach the requested length")
    assert lines["metrics"][1].startswith("9 known metrics")
    assert lines["logprobs"][1].startswith("given")
