"""Tells a failure of EvalScope's sandbox from code that fails in it; called only in a measuring process.

EvalScope counts an answer as wrong where the sandbox itself fails, as when Docker stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from evalscope.api.mixin.code_execution_sandbox_mixin import CodeExecutionSandboxMixin

from tasks.measure.row_files import one_line

_thread = local()
_execute = CodeExecutionSandboxMixin.execute_code_in_sandbox


class SandboxFailed(Exception):
    """The sandbox did not run the code of an answer, so that the answer has no judgement."""


@contextmanager
def failures_raised() -> Iterator[None]:
    """Raise SandboxFailed at the end of the block if the sandbox failed in it, in this thread."""
    _thread.failure = None
    yield
    if _thread.failure is not None:
        raise SandboxFailed(f"the sandbox failed: {one_line(_thread.failure)}")


def _watched(adapter: Any, *args: Any, **kwargs: Any) -> Any:
    """Run code as EvalScope does, and note a failure of the sandbox."""
    try:
        result = _execute(adapter, *args, **kwargs)
    except Exception as error:  # some benchmarks would count it as a wrong answer
        _thread.failure = str(error) or type(error).__name__
        raise
    if "tool_name" not in result:  # every result of the sandbox has it; EvalScope's own errors do not
        _thread.failure = str(result.get("error") or "it gave no result")
    return result


CodeExecutionSandboxMixin.execute_code_in_sandbox = _watched
