"""The table of hubs has a row for every value of the spec's `server.hub`."""

from __future__ import annotations

from typing import get_args

import pytest

from tasks.config.hubs import HUB_SITES, HubName
from tasks.provision.hubs.hub import Hub
from tasks.provision.hubs.hub_registry import HUBS


def test_every_value_of_the_spec_has_a_row() -> None:
    assert set(HUBS) == set(get_args(HubName)) == set(HUB_SITES)


@pytest.mark.parametrize("hub", [hub() for hub in HUBS.values()], ids=list(HUBS))
def test_a_hub_has_a_name_an_address_a_cache_and_its_variables(hub: Hub) -> None:
    assert hub.site.name
    assert hub.site.address.startswith("https://")
    assert hub.cache.is_absolute()
    variables = {hub.site.token_variable, hub.site.address_variable, hub.site.cache_variable}
    assert len(variables) == 3
    assert all(variable.isupper() for variable in variables)
