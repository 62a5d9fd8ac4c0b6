"""The pool and the jobs of the measuring tests, for points that a real client measures."""

from tests.measure.conftest import make_job, warm

__all__ = ["make_job", "warm"]
