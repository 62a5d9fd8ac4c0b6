"""Commands that end with us, however we end: what is killed in the middle goes on downloading otherwise."""

from __future__ import annotations

import os
import sys

# PR_SET_PDEATHSIG, 1 on Linux; elsewhere the command simply runs. Who asked may be gone before it is set.
CODE = """
import ctypes, os, signal, sys
try:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (AttributeError, OSError):
    pass
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""


def die_with_parent(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command, killed by the kernel once the thread that started it is gone: let that one wait."""
    return (sys.executable, "-I", "-S", "-c", CODE, str(os.getpid()), *argv)
