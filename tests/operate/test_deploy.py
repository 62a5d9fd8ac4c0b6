"""Deploying again leaves what a person has switched."""

from __future__ import annotations

import pytest

from operate.deploy import deploy_all
from operate.prefect_api import PrefectApi

SCHEDULES = {"nightly-smoke": False, "weekly-gpt-oss-20b": True}
"""Each the other way round than prefect.yaml has it."""


def test_schedules_stay_switched_as_they_were(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    deploy_all()
    with PrefectApi(api) as prefect:
        assert active(prefect) == {name: not on for name, on in SCHEDULES.items()}
        for name, on in SCHEDULES.items():
            found = prefect.get(f"/deployments/name/benchmark/{name}")
            path = f"/deployments/{found['id']}/schedules/{found['schedules'][0]['id']}"
            prefect.send("PATCH", path, {"active": on})
        made = automations(prefect)
        lines = deploy_all()
        assert active(prefect) == SCHEDULES
        assert automations(prefect) == made  # renewed, they would forget the runs that they wait for
    assert any("a regression is told (left out: there is no Webhook block" in line for line in lines)
    assert any(line.startswith("block types SwanLabCredentials") for line in lines)


def active(prefect: PrefectApi) -> dict[str, bool]:
    """Which schedules are switched on."""
    found = {name: prefect.get(f"/deployments/name/benchmark/{name}") for name in SCHEDULES}
    return {name: bool(deployment["schedules"][0]["active"]) for name, deployment in found.items()}


def automations(prefect: PrefectApi) -> dict[str, str]:
    """When each was last changed; its trigger's id changes with it."""
    return {found["id"]: str(found["updated"]) for found in prefect.send("POST", "/automations/filter", {})}
