"""Fixtures of the measuring tests, for points that a real load generator measures."""

from tests.measure.conftest import make_job, warm

__all__ = ["make_job", "warm"]
