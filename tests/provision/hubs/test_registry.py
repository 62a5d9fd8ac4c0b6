"""The table of hubs has a row for every value of the spec's `server.hub`."""

from __future__ import annotations

from typing import get_args

from tasks.config.started_server import StartedServer
from tasks.provision.hubs.registry import HUBS


def test_every_value_of_the_spec_has_a_hub() -> None:
    assert set(HUBS) == set(get_args(StartedServer.model_fields["hub"].annotation))
    for hub in HUBS.values():
        assert hub().name
        assert hub().cache.is_absolute()
        assert hub().cache_variable
