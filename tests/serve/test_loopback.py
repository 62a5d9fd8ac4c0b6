"""Which hosts are the loopback of this machine."""

from __future__ import annotations

import pytest

from tasks.serve.loopback import LOOPBACK_HOSTS, is_loopback


@pytest.mark.parametrize("host", [*LOOPBACK_HOSTS, "127.0.0.2"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.0.2.1", "host.example", "127.0.0.1.example"])
def test_another_host(host: str) -> None:
    assert not is_loopback(host)
