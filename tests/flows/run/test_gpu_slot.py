"""Runs on one machine wait for each other at its GPU slot."""

from __future__ import annotations

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.run.gpu_slot import gpu_slot
from operate.prefect_api import PrefectApi
from operate.work_pool import gpu_slot_name
from operate.worker import create_gpu_slot


@pytest.fixture
def slot(api: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a slot on the server of the tests."""
    monkeypatch.setenv("SERVEGAUGE_HOST", "slot-test")
    with PrefectApi(api) as prefect:
        create_gpu_slot(prefect)
    return gpu_slot_name()


def test_one_run_holds_the_slot_and_frees_it(api: str, slot: str) -> None:
    def occupied() -> int:
        with PrefectApi(api) as prefect:
            return int(prefect.get(f"/v2/concurrency_limits/{slot}")["active_slots"])

    with temporary_settings({PREFECT_API_URL: api}):
        assert occupied() == 0
        with gpu_slot():
            assert occupied() == 1
        assert occupied() == 0


def test_without_a_shared_server_no_run_waits() -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        holders = 0
        with gpu_slot():
            holders += 1
            with gpu_slot():
                holders += 1
    assert holders == 2
