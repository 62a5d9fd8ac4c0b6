"""Reasons that are read from a server's log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.serve.log import explain, read, startup_times, tail

SEEN = [
    ("api_server.py: error: unrecognized arguments: --bogus-flag 3", "--bogus-flag 3", "server.args"),
    (
        "api_server.py: error: argument --seed: invalid int value: 'x'",
        "--seed: invalid int value",
        "server.args",
    ),
    ("huggingface_hub.errors.GatedRepoError: 401 Client Error.", "gated", "HF_TOKEN"),
    ("huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate", "missing", "server.model"),
    ("huggingface_hub.errors.HFValidationError: Repo id must be in the form", "missing", "server.model"),
    ("RuntimeError: The NVIDIA driver on your system is too old (found version 11040).", "driver", "update"),
    (
        "ValueError: To serve at least one request with the model's max seq len (131072), (6.0 GiB KV cache "
        "is needed, which is larger than the available KV cache memory (1.0 GiB). Based on the available "
        "memory, the estimated maximum model length is 21840. Try increasing",
        "KV cache",
        "max-model-len to 21840",
    ),
    ("ValueError: No available memory for the cache blocks. Try increasing", "KV cache", "max-model-len"),
    (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB",
        "device",
        "gpu-memory-utilization",
    ),
    (
        "ValueError: Free memory on device cuda:0 (10/139 GiB) on startup is less than desired GPU memory",
        "device",
        "gpu-memory-utilization",
    ),
    (
        "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you tried",
        "machine",
        "KVCACHE",
    ),
    ("OSError: [Errno 98] Address already in use", "port", "server.port"),
    (
        "RuntimeError: CUDA error: no kernel image is available for execution on the device",
        "GPU",
        "environment",
    ),
    (
        "RuntimeError: Failed to infer device type, please set the environment variable",
        "no usable GPU",
        "nvidia-smi",
    ),
    (
        "  Value error, User-specified max_model_len (9) is greater [type=value_error]",
        "(9) is greater",
        "server.args",
    ),
    ("WARNING [core_client.py:817] MPClient: engine core exited unexpectedly;", "EngineCore died", "dmesg"),
]


@pytest.mark.parametrize(("line", "what", "remedy"), SEEN, ids=[line[:40] for line, _, _ in SEEN])
def test_known_reasons(line: str, what: str, remedy: str) -> None:
    found = explain(f"INFO starting\nTraceback (most recent call last):\n{line}\nINFO bye\n")
    assert found
    assert what in found[0]
    assert remedy in found[1]
    assert "\n" not in "".join(found)


def test_an_unknown_reason_is_none() -> None:
    assert explain("INFO all is well\nSegmentation fault\n") is None


def test_tail_and_its_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"old\n" + b"\xff\n" + b"".join(b"line %d\n" % number for number in range(5)))
    assert tail(log, 2) == "line 3\nline 4"
    assert read(log, start=4).startswith("\ufffd\nline 0")
    assert tail(tmp_path / "none", 3) == ""


def test_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 2_000_000 + "\nlast")
    assert tail(log, 1) == "last"
    assert len(read(log)) < 600_000


SEEN_STARTS = [
    (
        "INFO [default_loader.py] Loading weights took 3.10 seconds\n"
        "INFO [gpu_model_runner.py] Model loading took 12.9 GiB memory and 4.500000 seconds\n"
        "INFO [monitor.py] torch.compile took 10.25 s in total\n"
        "INFO [core.py] init engine (profile, create kv cache, warmup model) took 25.75 s (rest)\n",
        {"load": 4.5, "compile": 10.25, "warmup": 15.5},
    ),
    (
        "(TP0) Loading weights took 3.10 seconds\n(TP1) Loading weights took 5.00 seconds\n"
        "torch.compile takes 2.50 s in total\n"
        "init engine (profile, create kv cache, warmup model) took 4.75 seconds\n",
        {"load": 5.0, "compile": 2.5, "warmup": 2.25},
    ),
    ("llama.cpp is ready", {}),
]


@pytest.mark.parametrize(("text", "expected"), SEEN_STARTS)
def test_where_the_start_up_time_went(text: str, expected: dict[str, float]) -> None:
    assert startup_times(text) == expected
