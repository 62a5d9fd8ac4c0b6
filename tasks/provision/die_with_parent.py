"""Wraps commands so that the kernel kills them when this process dies, for example long downloads."""

from __future__ import annotations

import os
import sys

# 1 is PR_SET_PDEATHSIG, which only Linux has; elsewhere the command is not killed. The parent may die
# before prctl is called: then getppid() no longer names it, and the command is not started.
LAUNCHER_CODE = """
import ctypes, os, signal, sys
try:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (AttributeError, OSError):
    pass
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""


def die_with_parent(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command that runs `argv` and is killed when the thread that started it ends.

    That thread must therefore wait for the command.
    """
    return (sys.executable, "-I", "-S", "-c", LAUNCHER_CODE, str(os.getpid()), *argv)
