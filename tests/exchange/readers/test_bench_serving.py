"""Loads in the files of `vllm bench serve` and of SGLang's bench_serving that are no load of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS


def changed(folder: Path, tool: str, **fields: object) -> Path:
    """A copy of a tool's file with other fields."""
    content: dict[str, Any] = json.loads(PATHS[tool].read_text())
    file = folder / PATHS[tool].name
    file.write_text(json.dumps({**content, **fields}))
    return file


def read_changed(folder: Path, tool: str, **fields: object) -> ForeignRun:
    """The run in such a copy."""
    return read_foreign_run(changed(folder, tool, **fields))


@pytest.mark.parametrize("tool", ["vllm", "sglang"])
def test_a_rate_with_a_limit_is_neither_a_closed_nor_an_open_loop(tmp_path: Path, tool: str) -> None:
    file = changed(tmp_path, tool, request_rate=10.0, max_concurrency=256)
    with pytest.raises(InputError, match="at most 256"):
        read_foreign_run(file)


def test_a_ramp_is_no_burst(tmp_path: Path) -> None:
    ramp = {"ramp_up_strategy": "linear", "ramp_up_start_rps": 1, "ramp_up_end_rps": 20}
    with pytest.raises(InputError, match="ramp"):
        read_changed(tmp_path, "vllm", max_concurrency=None, **ramp)


def test_questions_that_a_dataset_lacked_did_not_fail(tmp_path: Path) -> None:
    # `num_prompts` is what was asked for: a dataset with 12 questions has no more to send.
    (point,) = read_changed(tmp_path, "vllm", num_prompts=1000, completed=11, failed=1).points
    assert (point.succeeded, point.failed, point.load.requests) == (11, 1, 12)


def test_an_older_file_does_not_say_how_many_failed(tmp_path: Path) -> None:
    content = json.loads(PATHS["vllm"].read_text())
    del content["failed"]
    file = tmp_path / "older.json"
    file.write_text(json.dumps(content | {"completed": 10}))
    (point,) = read_foreign_run(file).points
    assert (point.succeeded, point.failed, point.load.requests) == (10, 2, 12)
