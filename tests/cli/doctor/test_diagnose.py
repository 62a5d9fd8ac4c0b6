"""The diagnoses of this machine and of the network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.doctor.diagnose import diagnose, lines_of
from cli.doctor.diagnosis import Diagnosis
from cli.doctor.hardware import _gpus
from cli.doctor.network import diagnose_network
from tests.helpers.nvml import Nvml

NAMES = (
    "Python, uv, GPU, memory, disk, model cache, ports, containers, environments, Prefect, package index, "
    "Hugging Face, ModelScope, SwanLab, SwanLab key, MLflow"
)


def by_name(diagnoses: tuple[Diagnosis, ...]) -> dict[str, Diagnosis]:
    """Diagnoses by what they are about."""
    return {diagnosis.name: diagnosis for diagnosis in diagnoses}


class NoDriver:
    """pynvml on a machine without a GPU."""

    class NVMLError(Exception):
        """The library's own error."""

    @classmethod
    def nvmlInit(cls) -> None:
        raise cls.NVMLError


def test_everything_that_is_not_ok_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "not-yet"))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr("tasks.serve.gpu.import_module", lambda name: NoDriver)
    diagnoses = diagnose(lambda url: False)
    assert ", ".join(diagnosis.name for diagnosis in diagnoses) == NAMES
    named = by_name(diagnoses)
    assert named["Prefect"].status == "broken"
    assert named["Hugging Face"].status == "limited"
    assert named["environments"].text == "none is built yet"
    assert named["Python"].status == named["uv"].status == named["ports"].status == "ok"
    assert all(diagnosis.remedy for diagnosis in diagnoses if diagnosis.status != "ok")
    text = lines_of(diagnoses)
    assert sum("->" in line for line in text) == sum(diagnosis.status != "ok" for diagnosis in diagnoses)
    assert not (tmp_path / "not-yet").exists()


@pytest.mark.parametrize(
    ("script", "status", "text"),
    [
        (None, "limited", "no docker, no podman"),
        ("echo 28.1.1", "ok", "docker 28.1.1"),
        ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "limited", "docker: Cannot connect"),
    ],
)
def test_the_container_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, status: str, text: str
) -> None:
    if script:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    containers = by_name(diagnose(lambda url: True))["containers"]
    assert containers.status == status
    assert containers.text.startswith(text)


def test_gpus_with_their_driver_and_who_is_on_them() -> None:
    driver, busy, free = _gpus(Nvml(40, 1, pids=(os.getpid(),)))
    assert (driver.name, driver.status, driver.text) == ("driver", "ok", "580.65")
    assert (busy.name, busy.status, free.status) == ("GPU 0", "limited", "ok")
    assert "40.0 of 80.0 GB free" in busy.text
    assert f"(pid {os.getpid()})" in busy.text
    assert "server.gpus" in busy.remedy


def test_addresses_are_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://wheels.example/simple")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    asked: list[str] = []
    named = by_name(diagnose(lambda url: not asked.append(url)))  # type: ignore[func-returns-value]
    assert "https://mirror.example" in asked
    assert "https://wheels.example/simple" in asked
    assert named["package index"].text == "https://wheels.example/simple answers"
    assert named["Hugging Face"].status == "ok"
    assert named["Prefect"].status == "ok"


@pytest.mark.parametrize(
    ("given", "variable", "status", "text"),
    [
        (None, None, "ok", "not asked: give its address with --mlflow"),
        (None, "http://me:word@up.example", "ok", "http://***@up.example answers; no credentials set"),
        ("http://up.example", "http://down.example", "ok", "http://up.example answers; a token set"),
        ("http://down.example", None, "limited", "http://down.example cannot be reached; a password set"),
        ("up.example", None, "limited", "up.example cannot be reached; no credentials set"),
    ],
)
def test_mlflow_is_asked_where_an_address_is_given(
    given: str | None, variable: str | None, status: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TOKEN", "USERNAME", "PASSWORD", "URI"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    for word, name in (("a token", "TOKEN"), ("a password", "USERNAME")):
        if word in text:
            monkeypatch.setenv(f"MLFLOW_TRACKING_{name}", "of-a-test")
    if variable:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", variable)
    found = by_name(diagnose_network(lambda url: "up.example" in url, given))["MLflow"]
    assert (found.status, found.text) == (status, text)
    assert "of-a-test" not in str(found)
