"""Files of other programs are bounded in size before they are read into memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.exchange import foreign_file
from tasks.exchange.foreign_file import read_json, read_settings


def test_a_file_that_is_too_large_is_refused_and_not_read(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    with file.open("wb") as large:
        large.truncate(foreign_file.MAX_BYTES + 1)  # without blocks on the disk
    with pytest.raises(
        InputError, match=r"results\.json has 536,870,913 bytes, and 536,870,912 are read"
    ) as error:
        read_json(file)
    assert error.value.remedy == "give the tool's summary file"


def test_a_file_of_the_largest_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "results.json"
    file.write_text("[1, 2]")
    monkeypatch.setattr(foreign_file, "MAX_BYTES", 6)
    assert read_json(file) == [1, 2]
    monkeypatch.setattr(foreign_file, "MAX_BYTES", 5)
    with pytest.raises(InputError, match="has 6 bytes, and 5 are read"):
        read_json(file)


def test_settings_that_are_too_large_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"name: {'x' * foreign_file.MAX_SETTINGS_BYTES}")
    with pytest.raises(
        InputError, match=r"config\.yaml has 1,048,582 bytes, and 1,048,576 are read"
    ) as error:
        read_settings(file, "give another")
    assert error.value.remedy == "give another"


@pytest.mark.parametrize(
    ("text", "message"),
    [("- 1", "holds no settings"), ("a: [", "cannot be read"), ("a: \x00", "cannot be read")],
)
def test_what_holds_no_fields_is_no_file_of_settings(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        read_settings(file, "give another")


def test_fields_of_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("load: {type: constant}")
    assert read_settings(file, "give another") == {"load": {"type": "constant"}}
