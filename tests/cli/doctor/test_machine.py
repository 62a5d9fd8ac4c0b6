"""What the doctor says of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.doctor.diagnosis import Diagnosis
from cli.doctor.machine import _gpus, findings, lines
from tests.serve.nvml import Nvml

NAMES = (
    "Python, uv, GPU, memory, disk, model cache, ports, containers, environments, Prefect, package index, "
    "Hugging Face, ModelScope, SwanLab, SwanLab key"
)


def by_name(found: tuple[Diagnosis, ...]) -> dict[str, Diagnosis]:
    return {finding.name: finding for finding in found}


class NoDriver:
    """pynvml on a machine without a GPU."""

    class NVMLError(Exception):
        """The library's own error."""

    @classmethod
    def nvmlInit(cls) -> None:
        raise cls.NVMLError


def test_every_bad_grade_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "not-yet"))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr("tasks.serve.gpu.import_module", lambda name: NoDriver)
    found = findings(lambda url: False)
    assert ", ".join(finding.name for finding in found) == NAMES
    named = by_name(found)
    assert named["Prefect"].grade == "broken"
    assert named["Hugging Face"].grade == "limited"
    assert named["environments"].text == "none is built yet"
    assert named["Python"].grade == named["uv"].grade == named["ports"].grade == "ok"
    assert all(finding.remedy for finding in found if finding.grade != "ok")
    text = lines(found)
    assert sum("->" in line for line in text) == sum(finding.grade != "ok" for finding in found)
    assert not (tmp_path / "not-yet").exists()


@pytest.mark.parametrize(
    ("script", "grade", "text"),
    [
        (None, "limited", "no docker, no podman"),
        ("echo 28.1.1", "ok", "docker 28.1.1"),
        ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "limited", "docker: Cannot connect"),
    ],
)
def test_the_container_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, grade: str, text: str
) -> None:
    if script:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = by_name(findings(lambda url: True))["containers"]
    assert found.grade == grade
    assert found.text.startswith(text)


def test_gpus_with_their_driver_and_who_is_on_them() -> None:
    driver, busy, free = _gpus(Nvml(40, 1, pids=(os.getpid(),)))
    assert (driver.name, driver.grade, driver.text) == ("driver", "ok", "580.65")
    assert (busy.name, busy.grade, free.grade) == ("GPU 0", "limited", "ok")
    assert "40.0 of 80.0 GB free" in busy.text
    assert f"(pid {os.getpid()})" in busy.text
    assert "server.gpus" in busy.remedy


def test_addresses_are_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://wheels.example/simple")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    asked: list[str] = []
    named = by_name(findings(lambda url: not asked.append(url)))  # type: ignore[func-returns-value]
    assert "https://mirror.example" in asked
    assert "https://wheels.example/simple" in asked
    assert named["package index"].text == "https://wheels.example/simple answers"
    assert named["Hugging Face"].grade == "ok"
    assert named["Prefect"].grade == "ok"
