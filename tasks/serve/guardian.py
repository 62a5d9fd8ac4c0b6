"""A process of its own that starts a server and ends it, whatever becomes of who asked for it.

Run as a script, by path, with nothing but the standard library (Linux). Standard input is a pipe: one line
of JSON `{"argv", "env", "log", "grace_s"}`, then nothing; its end is the order to stop, and comes even when
the owner is killed. Standard output says `pid N`, or `failed WHY`; then `exit CODE` when everything is gone
(negative: the signal).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time

LEFTOVER_GRACE_S = 1.0
"""For what a server that died by itself leaves behind: enough for it to free shared memory."""
KILL_LIMIT_S = 10.0
PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Guard one server from its start to its end; 1 when it could not be started."""
    owner = os.getppid()
    wake = _deaf()
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        return 1
    order = json.loads(line)
    try:
        leader = _start(order["argv"], order["env"], order["log"])
    except OSError as error:
        _say(f"failed {error}")
        return 1
    _say(f"pid {leader}")
    told = False
    # The owner's forked children may hold the pipe open after it died; then the parent has changed.
    while not (told or _ended(leader) or os.getppid() != owner):
        told = 0 in select.select([0, wake], [], [], 1.0)[0]
        _drain(wake)
    code = _end(leader, LEFTOVER_GRACE_S if _ended(leader) else float(order["grace_s"]), wake)
    _say(f"exit {code}")
    return 0


def _deaf() -> int:
    """Hear no signal but the end of a child, which makes the returned descriptor readable.

    Handlers, not SIG_IGN: what is ignored stays ignored in the server, a handler does not.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    wake, write = os.pipe()
    for end in (wake, write):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    with contextlib.suppress(OSError, AttributeError):
        # Orphans of the server become children of this process, so that they are found and ended too.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return wake


def _start(argv: list[str], env: dict[str, str], log: str) -> int:
    return os.posix_spawn(
        argv[0],
        argv,
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=[],
    )


def _end(leader: int, grace_s: float, wake: int) -> int:
    """Ask, then force, until no descendant runs; the leader's exit code."""
    for number, limit_s, again in ((signal.SIGTERM, grace_s, False), (signal.SIGKILL, KILL_LIMIT_S, True)):
        deadline = time.monotonic() + limit_s
        _signal(leader, number)
        while (not _ended(leader) or _descendants()) and time.monotonic() < deadline:
            select.select([wake], [], [], 0.05)
            _drain(wake)
            if again:  # what was forked while the others were ended
                _signal(leader, number)
    return _reap(leader)


def _reap(leader: int) -> int:
    """Leave no zombie to a first process that may not reap; the leader's exit code."""
    code = -signal.SIGKILL
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == leader:
                code = os.waitstatus_to_exitcode(ended[1])
    return code


def _ended(leader: int) -> bool:
    # Looked at, not reaped: until it is reaped, no other process or group can have its number.
    return os.waitid(os.P_PID, leader, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal(leader: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(leader, number)
    for pid, group in _descendants().items():
        if group != leader:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def _descendants() -> dict[int, int]:
    """Process group by process number of every running (not zombie) descendant."""
    groups: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent, group = file.read().rpartition(b")")[2].split()[:3]
            children.setdefault(int(parent), []).append(int(name))
            if state not in (b"Z", b"X"):
                groups[int(name)] = int(group)
    found = list(children.get(os.getpid(), []))
    for pid in found:  # grows while it is read
        found += children.get(pid, [])
    return {pid: groups[pid] for pid in found if pid in groups}


def _drain(wake: int) -> None:
    with contextlib.suppress(BlockingIOError):
        os.read(wake, 4096)


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the owner may be gone
        os.write(1, text.encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
