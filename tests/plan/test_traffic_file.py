"""Files of lengths, in each format and with the columns of each published data set."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import InputError
from tasks.plan.traffic_file import read_lengths

PAIRS = ((10, 3), (20, 4))
TEXTS = {
    "ours.csv": "input_tokens,output_tokens\n10,3\n20,4\n",
    "ours.jsonl": '{"input_tokens": 10, "output_tokens": 3}\n\n{"input_tokens": 20, "output_tokens": 4}\n',
    "mooncake.jsonl": '{"timestamp": 0, "input_length": 10, "output_length": 3, "hash_ids": [0]}\n'
    '{"timestamp": 5, "input_length": 20, "output_length": 4, "hash_ids": [0]}\n',
    "burstgpt.csv": "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
    "5,ChatGPT,10,3,13,Conversation log\n45,GPT-4,20,4,24,Conversation log\n",
    "azure.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,10,3\n"
    "2023-11-16 18:15:50.9951690,20,4\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_lengths_are_read_from_each_form(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name], encoding="utf-8-sig")
    assert read_lengths(path) == PAIRS


def test_lengths_are_read_from_parquet(tmp_path: Path) -> None:
    path = tmp_path / "ours.parquet"
    pq.write_table(pa.table({"input_tokens": [10, 20], "output_tokens": [3, 4]}), path)
    assert read_lengths(path) == PAIRS


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "input_tokens,output_tokens\n10,3\n10,0\n", "row 2 has output_tokens '0'"),
        ("a.csv", "input_tokens,output_tokens\n10,3.5\n", "row 1 has output_tokens '3.5'"),
        ("a.csv", "input_tokens\n10\n", "row 1 has no output_tokens"),
        ("a.csv", "input_tokens,output_tokens\n", "holds no rows"),
        ("a.jsonl", "[]\n", "row 1 is no JSON object"),
        ("a.jsonl", '{"input_tokens": 1}\n', "row 1 has no output_tokens"),
        ("a.jsonl", "{\n", "row 1 is no JSON"),
        ("a.parquet", "text", "is no Parquet file"),
    ],
)
def test_a_wrong_file_is_refused_by_its_row(tmp_path: Path, name: str, text: str, what: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_lengths(path)
    assert what in caught.value.what
    assert caught.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for name in ("none.csv", "none.parquet"):
        with pytest.raises(InputError, match="cannot be read: No such file"):
            read_lengths(tmp_path / name)
