"""A failed flow leaves its cause in Prefect's UI, and raises what it raised."""

from __future__ import annotations

import pytest

from flows.run import report_failure as module
from flows.run.report_failure import report_failure
from flows.run.run_identity import Run
from tasks.errors import InputError, ServegaugeError


@pytest.fixture
def artifacts(monkeypatch: pytest.MonkeyPatch) -> list[ServegaugeError]:
    """The errors that artifacts were created for."""
    created: list[ServegaugeError] = []

    def create(error: ServegaugeError, run: Run | None) -> None:
        created.append(error)

    monkeypatch.setattr(module, "create_failure_artifact", create)
    return created


def test_an_error_is_published_and_raised(artifacts: list[ServegaugeError]) -> None:
    error = InputError("no spec is called 'smok'", "did you mean smoke?")
    with pytest.raises(InputError), report_failure():
        raise error
    assert artifacts == [error]


def test_an_unknown_error_is_published_with_its_traceback(artifacts: list[ServegaugeError]) -> None:
    with pytest.raises(ZeroDivisionError), report_failure():
        _ = 1 / 0
    (published,) = artifacts
    assert published.what == "ZeroDivisionError: division by zero"
    assert "_ = 1 / 0" in published.detail


def test_an_error_of_the_report_does_not_hide_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(error: ServegaugeError, run: Run | None) -> None:
        raise RuntimeError("Prefect's server does not answer")

    monkeypatch.setattr(module, "create_failure_artifact", refuse)
    with pytest.raises(InputError, match="the first one"), report_failure():
        raise InputError("the first one", "")


def test_nothing_is_published_without_an_error(artifacts: list[ServegaugeError]) -> None:
    with report_failure():
        pass
    assert artifacts == []
