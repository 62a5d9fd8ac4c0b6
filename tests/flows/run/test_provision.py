"""Which errors of provisioning are tried again."""

from __future__ import annotations

import pytest
from prefect.states import Failed

from flows.run.provision import is_retried
from tasks.errors import InputError, NoSpace, ProvisionError


@pytest.mark.parametrize(
    ("error", "retried"),
    [
        (ProvisionError("the index does not answer", "try again"), True),
        (NoSpace("the disk is full", "free some space"), False),
        (InputError("no such environment", "give another"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_errors_that_say_so_are_retried(error: Exception, retried: bool) -> None:
    assert is_retried(None, None, Failed(data=error)) is retried
