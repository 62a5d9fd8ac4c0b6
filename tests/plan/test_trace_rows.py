"""Traces in each published form, written by hand."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tasks.config.load_kinds.trace import Trace
from tasks.config.sweep import Sweep
from tasks.errors import InputError
from tasks.plan.point_requests import planned_requests
from tasks.plan.trace_rows import TraceRow, read_trace, with_requests
from tests.plan.test_traffic_file import TEXTS

PLAIN = (TraceRow(0.0, 10, 3, ()), TraceRow(5.0, 20, 4, ()))


def written(folder: Path, name: str, text: str) -> str:
    """The path of a new file with this text."""
    path = folder / name
    path.write_text(text)
    return str(path)


def test_a_mooncake_trace_has_milliseconds_and_blocks_of_512(tmp_path: Path) -> None:
    lines = (
        {"timestamp": 3000, "input_length": 1300, "output_length": 5, "hash_ids": [7, 8, 9]},
        {"timestamp": 1000, "input_length": 600, "output_length": 3, "hash_ids": [7, 10]},
        {"timestamp": 3500, "input_length": 1024, "output_length": 3, "hash_ids": [7, 8]},
    )
    path = written(tmp_path, "mooncake.jsonl", "\n".join(map(json.dumps, lines)))
    trace = Trace(trace=path, speed=2.0)
    assert read_trace(trace) == (
        TraceRow(0.0, 600, 3, ((7, 512), (10, 88))),
        TraceRow(1.0, 1300, 5, ((7, 512), (8, 512), (9, 276))),
        TraceRow(1.25, 1024, 3, ((7, 512), (8, 512))),
    )
    assert with_requests(trace).requests == 3
    assert len(read_trace(Trace(trace=path, requests=2))) == 2
    sweep = Sweep.model_validate({"name": "s", "load": {"trace": path}})
    planned = planned_requests(sweep, sweep.loads[0], 3, 0)
    assert [request.seen_tokens for request in planned] == [0, 512, 1024]


def test_a_burstgpt_trace_has_seconds(tmp_path: Path) -> None:
    rows = read_trace(Trace(trace=written(tmp_path, "burstgpt.csv", TEXTS["burstgpt.csv"])))
    assert rows == (PLAIN[0], PLAIN[1]._replace(due_s=40.0))


def test_an_azure_trace_has_dates(tmp_path: Path) -> None:
    first, second = read_trace(Trace(trace=written(tmp_path, "azure.csv", TEXTS["azure.csv"])))
    assert (first, second) == (PLAIN[0], PLAIN[1]._replace(due_s=second.due_s))
    assert second.due_s == pytest.approx(4.314579, abs=1e-5)
    text = TEXTS["azure.csv"].replace("6805900", "680590+00:00").replace("9951690", "995169+00:00")
    later = read_trace(Trace(trace=written(tmp_path, "azure-2024.csv", text)))
    assert later[1].due_s == pytest.approx(4.314579, abs=1e-5)


def test_a_timed_trace_of_vllm_has_seconds_and_blocks_of_16(tmp_path: Path) -> None:
    text = '{"timestamp": 1.5, "input_length": 20, "output_length": 4, "hash_ids": [1, 2]}\n'
    path = written(tmp_path, "timed.jsonl", text + text.replace("1.5", "4"))
    rows = read_trace(Trace(trace=path, timestamps="s", block_tokens=16))
    assert rows == (TraceRow(0.0, 20, 4, ((1, 16), (2, 4))), TraceRow(2.5, 20, 4, ((1, 16), (2, 4))))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"input_length": 1, "output_length": 1}', "row 1 has timestamp None"),
        ('{"timestamp": "soon", "input_length": 1, "output_length": 1}', "row 1 has timestamp 'soon'"),
        (
            '{"timestamp": 1, "input_length": 1, "output_length": 1, "hash_ids": "x"}',
            "row 1 has hash_ids 'x'",
        ),
        ("", "holds no rows"),
    ],
)
def test_a_wrong_trace_is_refused_by_its_row(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_trace(Trace(trace=written(tmp_path, "t.jsonl", text)))
    assert what in caught.value.what


QWEN_ROW = {"timestamp": 61.114, "input_length": 521, "output_length": 4, "hash_ids": list(range(33))}
QWEN = f"{json.dumps(QWEN_ROW)}\n"
"""A row of a trace in seconds with blocks of 16 tokens."""


def test_seconds_are_not_replayed_as_milliseconds(tmp_path: Path) -> None:
    first = QWEN.replace("61.114", "0")
    path = written(tmp_path, "qwen.jsonl", first + QWEN)
    with pytest.raises(InputError) as caught:
        read_trace(Trace(trace=path, block_tokens=16))
    assert "row 2 has timestamp 61.114, which may be seconds or milliseconds" in caught.value.what
    assert "`timestamps: s`" in caught.value.remedy
    for unit, due_s in (("s", 61.114), ("ms", 0.061114)):
        rows = read_trace(Trace.model_validate({"trace": path, "block_tokens": 16, "timestamps": unit}))
        assert rows[1].due_s == pytest.approx(due_s)


def test_small_blocks_are_not_taken_for_large_ones(tmp_path: Path) -> None:
    # Two prompts that share their first 16 tokens would share 512 of them.
    path = written(tmp_path, "qwen.jsonl", QWEN)
    with pytest.raises(InputError, match="33 hash_ids for 521 tokens, too many for 512 each"):
        read_trace(Trace(trace=path, timestamps="s"))
    (row,) = read_trace(Trace(trace=path, timestamps="s", block_tokens=16))
    assert [tokens for _, tokens in row.shared] == [16] * 32 + [9]


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ({"input_tokens": 5}, "gives `input_tokens` itself"),
        ({"dataset": "openqa"}, "sends random prompts"),
        ({"warmup_requests": 1}, "replayed from its first request on"),
        ({"load": {"trace": "t.txt"}}, "'t.txt' is not a trace"),
    ],
)
def test_a_trace_excludes_what_it_gives_itself(field: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Sweep.model_validate({"name": "s", "load": {"trace": "t.jsonl"}} | field)


def large_trace(folder: Path, rows: int) -> Trace:
    """Requests of 15 blocks, the first of which is one of fifty."""
    generator, lines = random.Random(1), []
    for number in range(rows):
        ids = [generator.randrange(50), *range(16 * number, 16 * number + 14)]
        row = {"timestamp": number, "input_length": 7500, "output_length": 180, "hash_ids": ids}
        lines.append(json.dumps(row))
    return Trace(trace=written(folder, f"{rows}.jsonl", "\n".join(lines)))


def planning_s(trace: Trace, rows: int) -> float:
    """CPU seconds that planning every row takes, the quicker of two times."""
    sweep = Sweep.model_validate({"name": "s", "load": [trace]})
    taken = []
    for _ in range(2):
        started = time.process_time()
        planned = planned_requests(sweep, with_requests(trace), rows, 0)
        taken.append(time.process_time() - started)
        assert len(planned) == rows
        assert planned[-1].due_s == pytest.approx((rows - 1) / 1000)
    return min(taken)


def test_the_time_to_plan_a_trace_grows_with_its_rows_and_no_faster(tmp_path: Path) -> None:
    """Ten times the rows take about ten times as long; comparing each row with all others, a hundred times.

    Seconds depend on the machine: `benchmarks.trace_replay` measures them.
    """
    assert planning_s(large_trace(tmp_path, 50_000), 50_000) < 40 * planning_s(
        large_trace(tmp_path, 5_000), 5_000
    )
