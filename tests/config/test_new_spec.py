"""New spec files: commented copies that validate, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks.config.new_spec import init_spec, save_spec, spec_name
from tasks.config.spec_file import load_spec, read_fields, spec_names
from tasks.config.spec_schema import editor_line
from tasks.errors import InputError

FIELD_AT_DEFAULT = re.compile(r"^( *)#(?=[a-z])", re.MULTILINE)


@pytest.mark.parametrize("name", spec_names())
def test_a_copy_of_a_bundled_spec_measures_the_same(tmp_path: Path, name: str) -> None:
    file = init_spec(str(tmp_path / f"{name}.yaml"), name)
    assert load_spec(str(file)) == load_spec(name)
    assert file.read_text().splitlines()[0] == editor_line(file)


@pytest.mark.parametrize("name", spec_names())
def test_every_field_that_is_commented_out_has_its_default(tmp_path: Path, name: str) -> None:
    file = init_spec(str(tmp_path / f"{name}.yaml"), name)
    uncommented, count = FIELD_AT_DEFAULT.subn(r"\1", file.read_text())
    assert count > 20
    file.write_text(uncommented)
    assert load_spec(str(file)) == load_spec(name)


def test_a_copy_is_named_after_its_file_and_every_field_is_described(tmp_path: Path) -> None:
    lines = init_spec(str(tmp_path / "my.yaml"), "smoke").read_text().splitlines()
    assert "name: my" in lines
    described = lines.index("    #repeats: 1")
    assert lines[described - 1].startswith("    # ")
    assert "  - name: chat" in lines
    assert "      - {concurrency: 4, requests: 20}" in lines


def test_a_spec_of_ones_own_is_copied_with_its_paths(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "questions.jsonl").write_text('{"question": "1+1?"}\n')
    own = tmp_path / "folder" / "own.yaml"
    fields = read_fields("endpoint")
    fields["sweeps"] = [
        {"name": "a", "dataset": "questions.jsonl", "load": {"until": "saturated", "rate": 1, "max": 8}}
    ]
    save_spec(str(own), fields)
    copied = init_spec(str(tmp_path / "copy.yaml"), str(own))
    (sweep,) = load_spec(str(copied)).sweeps
    assert sweep.dataset == str(own.with_name("questions.jsonl"))
    assert sweep.search is not None


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        init_spec(str(file), "smoke")
    with pytest.raises(InputError, match="exists already"):
        save_spec(str(file), read_fields("smoke"))
    assert file.read_text() == "mine"


def test_saving_the_same_spec_again_changes_nothing(tmp_path: Path) -> None:
    address = str(tmp_path / "my.yaml")
    assert save_spec(address, read_fields("smoke")) == save_spec(address, read_fields("smoke"))


@pytest.mark.parametrize(
    ("name", "source", "what", "remedy"),
    [
        ("my", "smoke", "my is no name of a spec file", "my.yaml"),
        ("My.yaml", "smoke", "name is 'My'", "it must match"),
        ("nowhere/my.yaml", "smoke", "cannot be written: No such file", "folder that exists"),
        ("my.yaml", "smok", "no spec is called 'smok'", "did you mean smoke?"),
        ("my.yaml", "no.yaml", "no spec file at no.yaml", "a bundled name"),
    ],
)
def test_what_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str, what: str, remedy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        init_spec(name, source)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_spec_is_its_files(tmp_path: Path) -> None:
    assert spec_name("folder/my.yml") == "my"
    with pytest.raises(InputError, match="no name of a spec file"):
        spec_name("my.json")
