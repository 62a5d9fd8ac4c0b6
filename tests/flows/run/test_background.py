"""The result, or the error, of work in another thread."""

from __future__ import annotations

import threading

import pytest

from flows.run.background import in_background
from tasks.errors import ServerStartError


def test_the_result_comes_from_another_thread() -> None:
    assert in_background(threading.get_ident).result(10) != threading.get_ident()


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise ServerStartError("it ended", "read its log")

    with pytest.raises(ServerStartError, match="it ended"):
        in_background(fail).result(10)
