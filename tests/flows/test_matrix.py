"""A matrix starts nothing that cannot end, and leaves nothing when it ends early."""

from __future__ import annotations

from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Completed, Scheduled

from flows.matrix import Combination, _cancelled_on_error, matrix, variants_of
from operate.prefect_api import PrefectApi
from operate.work_pool import host_queue
from operate.worker import create_gpu_slot
from tasks.errors import InputError


def _interrupted(runs: list[UUID]) -> None:
    with _cancelled_on_error() as started:
        started += runs
        raise KeyboardInterrupt


@flow
def anything() -> None:
    """Never run here."""


def test_a_host_without_a_queue_is_wrong_input(api: str) -> None:
    with PrefectApi(api) as prefect:
        create_gpu_slot(prefect)
    with pytest.raises(InputError, match="the queue nowhere") as caught:
        matrix(hosts=[host_queue(), "nowhere"])
    assert host_queue() in caught.value.remedy


@pytest.mark.usefixtures("api")
def test_more_combinations_than_a_comparison_holds_are_wrong_input() -> None:
    with pytest.raises(InputError, match="27 combinations"):
        matrix(models=["one", "two", "three"], environments=[*"abcdefghi"])


@pytest.mark.usefixtures("api")
def test_what_was_started_is_cancelled_with_it_and_what_is_over_stays() -> None:
    with get_client(sync_client=True) as client:
        states: list[State] = [Scheduled(), Completed()]
        runs = [client.create_flow_run(anything, state=state) for state in states]
        with pytest.raises(KeyboardInterrupt):
            _interrupted([run.id for run in runs])
        ended: list[FlowRun] = [client.read_flow_run(run.id) for run in runs]
    first, second = (run.state.type for run in ended if run.state)
    assert first in (StateType.CANCELLING, StateType.CANCELLED)
    assert second == StateType.COMPLETED


def test_a_variant_is_named_by_what_differs() -> None:
    def named(*combinations: tuple[str, str, str]) -> list[str]:
        return variants_of(
            [
                Combination(model=model, environment=environment, host=host)
                for model, environment, host in combinations
            ]
        )

    assert named(("a/m", "v1", "x"), ("a/m", "v2", "x")) == ["v1", "v2"]
    assert named(("a/m", "v1", "x"), ("b/m", "v1", "y")) == ["a/m on x", "b/m on y"]
    assert named(("a/m", "v1", "x"), ("b/m", "v2", "y")) == ["a/m in v1 on x", "b/m in v2 on y"]
    assert named(("", "", "default"), ("", "", "default")) == ["", ""]
