"""Times of a start that are read from a server's log."""

from __future__ import annotations

import pytest

from tasks.serve.server_log import startup_times

STARTS = [
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


@pytest.mark.parametrize(("text", "expected"), STARTS)
def test_the_times_of_the_phases_of_a_start(text: str, expected: dict[str, float]) -> None:
    assert startup_times(text) == expected
