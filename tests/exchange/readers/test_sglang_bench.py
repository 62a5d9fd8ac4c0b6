"""A file of SGLang's bench_serving grows by a line with each load, whatever was measured before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS


def lines(folder: Path, **fields: object) -> Path:
    """A file of two lines, the second with other fields."""
    line = json.loads(PATHS["sglang"].read_text())
    file = folder / "lines.jsonl"
    file.write_text(f"{json.dumps(line)}\n{json.dumps(line | fields)}\n")
    return file


def test_the_same_load_again_is_a_repeat(tmp_path: Path) -> None:
    run = read_foreign_run(lines(tmp_path, mean_ttft_ms=50.0))
    assert [point.load.label for point in run.points] == ["c4", "c4"]


@pytest.mark.parametrize(
    "fields",
    [
        {"random_input_len": 4096},
        {"random_output_len": 1},
        {"random_range_ratio": 0.5},
        {"dataset_name": "sharegpt"},
        {"backend": "sglang-oai-chat"},
    ],
)
def test_other_work_is_no_repeat_of_the_same_load(tmp_path: Path, fields: dict[str, object]) -> None:
    (name,) = fields
    with pytest.raises(InputError, match=name):
        read_foreign_run(lines(tmp_path, **fields))


def test_a_line_about_another_model_is_not_counted_to_the_first(tmp_path: Path) -> None:
    line = json.loads(PATHS["sglang"].read_text())
    file = tmp_path / "lines.jsonl"
    servers = [{"server_info": {"model_path": name}} for name in ("one", "other")]
    file.write_text("".join(f"{json.dumps(line | server)}\n" for server in servers))
    with pytest.raises(InputError, match="lines about one and other"):
        read_foreign_run(file)
