"""A second `servegauge deploy` keeps schedules switched as they are, and automations as they were."""

from __future__ import annotations

import pytest

from operate.deploy import deploy_all
from operate.prefect_api import PrefectApi

SCHEDULES = {"nightly-smoke": False, "weekly-gpt-oss-20b": True}
"""Each switched the other way than in prefect.yaml."""


def test_schedules_stay_switched_as_they_were(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    deploy_all()
    with PrefectApi(api) as prefect:
        assert active(prefect) == {name: not on for name, on in SCHEDULES.items()}
        for name, on in SCHEDULES.items():
            deployment = prefect.get(f"/deployments/name/benchmark/{name}")
            path = f"/deployments/{deployment['id']}/schedules/{deployment['schedules'][0]['id']}"
            prefect.send("PATCH", path, {"active": on})
        before = automations(prefect)
        lines = deploy_all()
        assert active(prefect) == SCHEDULES
        assert automations(prefect) == before  # an update would forget the runs that they wait for
    assert "GPU slot" in lines[1]
    assert any("a regression is told (left out: there is no Webhook block" in line for line in lines)
    assert any(line.startswith("block types SwanLabCredentials") for line in lines)


def active(prefect: PrefectApi) -> dict[str, bool]:
    """Which schedules are switched on."""
    deployments = {name: prefect.get(f"/deployments/name/benchmark/{name}") for name in SCHEDULES}
    return {name: bool(deployment["schedules"][0]["active"]) for name, deployment in deployments.items()}


def automations(prefect: PrefectApi) -> dict[str, str]:
    """When each automation was last changed."""
    answer = prefect.send("POST", "/automations/filter", {})
    return {automation["id"]: str(automation["updated"]) for automation in answer}
