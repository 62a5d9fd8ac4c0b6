"""A tokenizer without chat template is refused before any load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.config.sweep import Sweep
from tasks.errors import InputError
from tasks.measure.chat_template import check_chat_template


def sweep(**fields: Any) -> Sweep:
    """A sweep of random chat prompts, but for these fields."""
    load = [{"concurrency": 1, "requests": 1}]
    return Sweep.model_validate({"name": "talk", "endpoint": "chat", "load": load, **fields})


def write_config(folder: Path, **fields: Any) -> None:
    """Write a tokenizer's configuration."""
    (folder / "tokenizer_config.json").write_text(json.dumps(fields))


def test_the_file_and_the_remedy_are_named(tmp_path: Path) -> None:
    write_config(tmp_path, tokenizer_class="PreTrainedTokenizerFast")
    with pytest.raises(InputError) as caught:
        check_chat_template(str(tmp_path), [sweep()])
    assert f"sweep talk: {tmp_path / 'tokenizer_config.json'} has no chat_template" in caught.value.what
    assert "server.tokenizer" in caught.value.remedy
    assert "`endpoint` to completions" in caught.value.remedy


@pytest.mark.parametrize("fields", [{"endpoint": "completions"}, {"dataset": "openqa"}])
def test_other_sweeps_need_no_template(tmp_path: Path, fields: dict[str, str]) -> None:
    check_chat_template(str(tmp_path), [sweep(**fields)])


@pytest.mark.parametrize("file", ["chat_template.jinja", "chat_template.json", "tekken.json"])
def test_a_template_may_lie_in_a_file_of_its_own(tmp_path: Path, file: str) -> None:
    write_config(tmp_path)
    (tmp_path / file).write_text("{}")
    check_chat_template(str(tmp_path), [sweep()])


@pytest.mark.parametrize(
    "fields", [{"chat_template": "{{ messages }}"}, {"auto_map": {"AutoTokenizer": ["own.py", None]}}]
)
def test_a_template_in_the_configuration(tmp_path: Path, fields: dict[str, Any]) -> None:
    write_config(tmp_path, **fields)
    check_chat_template(str(tmp_path), [sweep()])


def test_a_tokenizer_of_a_hub_is_not_checked() -> None:
    check_chat_template("org/no-such-folder", [sweep()])


def test_the_tests_own_tokenizer_has_one(tokenizer: Path) -> None:
    check_chat_template(str(tokenizer), [sweep()])
