"""Lengths: numbers and distributions, and what is refused."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from tasks.config.lengths import Lognormal, LognormalShape, Uniform, length_at
from tasks.config.spec_file import load_spec
from tasks.config.sweep import Sweep
from tasks.config.sweep_rules import ignored_length
from tasks.errors import InputError

SHARES = [(n + 0.5) / 10_000 for n in range(10_000)]


def test_a_number_is_always_itself() -> None:
    assert {length_at(1024, share) for share in (0.0, 0.5, 0.999)} == {1024}


def test_every_length_of_a_uniform_range_is_equally_likely() -> None:
    lengths = [Uniform(uniform=(3, 12)).at(share) for share in SHARES]
    assert {length: lengths.count(length) for length in range(3, 13)} == dict.fromkeys(range(3, 13), 1000)


def test_a_log_normal_distribution_has_its_mean_and_deviation() -> None:
    shape = LognormalShape(mean=800, sd=400, max=1_000_000)
    lengths = [Lognormal(lognormal=shape).at(share) for share in SHARES]
    assert fmean(lengths) == pytest.approx(800, rel=0.01)
    assert stdev(lengths) == pytest.approx(400, rel=0.02)
    assert lengths == sorted(lengths)


def test_max_cuts_a_log_normal_distribution_off_without_a_heap_at_it() -> None:
    lengths = [Lognormal(lognormal=LognormalShape(mean=800, sd=400, max=1000)).at(share) for share in SHARES]
    assert max(lengths) == 1000
    assert lengths.count(1000) < 30
    assert min(lengths) >= 1


@pytest.mark.parametrize(
    ("fields", "what", "remedy"),
    [
        (
            "input_tokens={uniform: [9, 8]}",
            "sweeps.0.input_tokens: 9 is above 8",
            "the shortest length first",
        ),
        (
            "input_tokens={uniform: [0, 8]}",
            "sweeps.0.input_tokens.uniform.0 is 0",
            "greater than or equal to 1",
        ),
        (
            "output_tokens={lognormal: {mean: 9, sd: 1, max: 5}}",
            "sweeps.0.output_tokens.lognormal: max 5 is below the mean 9",
            "a `max` above the mean",
        ),
        ("input_tokens={normal: 3}", "sweeps.0.input_tokens.normal is not a field", "uniform"),
        ("lengths=table.txt", "table.txt' is not a table", "it must end in .parquet, .jsonl, .csv"),
    ],
)
def test_wrong_lengths_are_refused_with_a_remedy(fields: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.{fields}"])
    assert what in caught.value.what.replace(".load:uniform", "")
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("fields", "fixes"),
    [
        ({}, True),
        ({"output_tokens": 16}, True),
        ({"output_tokens": {"uniform": [8, 16]}}, True),
        ({"lengths": "pairs.csv"}, True),
        ({"load": {"trace": "trace.csv"}}, True),
        ({"dataset": "conversations", "conversation": {"turns": 2}}, True),
        ({"dataset": "openqa"}, False),
        ({"dataset": "openqa", "output_tokens": 16}, True),
    ],
)
def test_a_server_has_to_heed_ignore_eos_wherever_lengths_are_fixed(
    fields: dict[str, Any], fixes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("pairs.csv", "trace.csv"):
        (tmp_path / name).write_text("timestamp,input_tokens,output_tokens\n0,1,2\n")
    sweep = Sweep.model_validate({"name": "s", "load": [{"concurrency": 1, "requests": 1}], **fields})
    assert sweep.fixes_output_lengths is fixes


@pytest.mark.parametrize(
    ("overrides", "warned"),
    [
        (["sweeps.0.dataset=openqa"], True),
        (["sweeps.0.dataset=openqa", "sweeps.0.input_tokens=1024"], False),
        ([], False),
    ],
)
def test_a_length_that_questions_do_not_have_is_warned_of(overrides: list[str], warned: bool) -> None:
    sweep = load_spec("smoke", overrides).sweeps[0]
    warning = "sweep throughput: the prompts of openqa have lengths of their own, not 128 tokens; remove "
    assert ignored_length(sweep) == (f"{warning}`input_tokens`" if warned else None)


@pytest.mark.parametrize("dataset", ["openqa", "random"])
def test_a_table_excludes_other_lengths_and_other_datasets(dataset: str) -> None:
    overrides = [f"sweeps.0.dataset={dataset}", "sweeps.0.lengths=t.csv", "sweeps.0.input_tokens=7"]
    with pytest.raises(InputError, match="remove `"):
        load_spec("smoke", overrides)
