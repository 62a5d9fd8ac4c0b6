"""A server without a run: which specs it refuses."""

from __future__ import annotations

import pytest

from operate.serve_alone import serve_alone
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


def test_blocks_that_only_runs_read_are_refused() -> None:
    with pytest.raises(InputError, match="blocks hub and host"):
        serve_alone(load_spec("smoke", ["blocks.hub=warm"]), print)


def test_a_server_that_was_started_elsewhere_is_refused() -> None:
    with pytest.raises(InputError, match="its server already runs"):
        serve_alone(load_spec("endpoint"), print)
