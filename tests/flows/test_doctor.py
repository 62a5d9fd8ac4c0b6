"""What the doctor says of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.doctor import Finding, findings, lines


def by_name(found: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}


def test_every_bad_grade_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "not-yet"))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    found = findings(lambda url: False)
    named = by_name(found)
    assert named["Prefect"].grade == "broken"
    assert named["Hugging Face"].grade == "limited"
    assert named["environments"].text == "none is built yet"
    assert named["Python"].grade == named["uv"].grade == named["ports"].grade == "ok"
    assert all(finding.remedy for finding in found if finding.grade != "ok")
    text = lines(found)
    assert sum("->" in line for line in text) == sum(finding.grade != "ok" for finding in found)
    assert not (tmp_path / "not-yet").exists()


def test_addresses_are_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    asked: list[str] = []
    named = by_name(findings(lambda url: not asked.append(url)))  # type: ignore[func-returns-value]
    assert "https://mirror.example" in asked
    assert named["Hugging Face"].grade == "ok"
    assert named["Prefect"].grade == "ok"
