"""A process of its own that starts a server and ends it, whatever becomes of who asked for it.

Run as a script, by path, with nothing but the standard library (Linux). Standard input is a pipe: one line
of JSON `{"argv", "env", "log", "grace_s", "ask", "force"}`, then nothing; its end is the order to stop, and
comes even when the owner is killed. `ask` and `force` are commands that end what no signal of ours reaches (a
container), or empty. Standard output says `pid N`, or `failed WHY`; then `exit CODE` (negative: the signal):
at once when the server ended by itself, else when all is gone. The process itself stays until all is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time

KILL_LIMIT_S = 10.0
ANSWER_S = 5.0
PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Guard one server from its start to its end; 1 when it could not be started."""
    owner = os.getppid()
    _allow_files()
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
    while not (told or _exit_code(leader) is not None or os.getppid() != owner):
        told = 0 in select.select([0, wake], [], [], 1.0)[0]
        _drain(wake)
    code = _exit_code(leader)
    if code is not None:  # said first: whoever measures must learn of it before its requests all fail
        _say(f"exit {code}")
    # What a dead server leaves behind has the same grace: in it, the engine frees its shared memory.
    grace_s = float(order["grace_s"])
    _do(order["ask"], order["env"], grace_s + ANSWER_S)
    _end(leader, grace_s, wake)
    _do(order["force"], order["env"], KILL_LIMIT_S)
    if code is None:
        code = _exit_code(leader)
        _say(f"exit {-signal.SIGKILL if code is None else code}")
    _reap()
    return 0


def _allow_files() -> None:
    """The server has a file open for each connection, and the usual soft limit is 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


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


def _end(leader: int, grace_s: float, wake: int) -> None:
    """Ask, then force, until no descendant runs."""
    for number, limit_s, again in ((signal.SIGTERM, grace_s, False), (signal.SIGKILL, KILL_LIMIT_S, True)):
        deadline = time.monotonic() + limit_s
        _signal(leader, number)
        _signal(leader, signal.SIGCONT)  # one that was stopped must run to hear that it shall end
        while (_exit_code(leader) is None or _descendants()) and time.monotonic() < deadline:
            select.select([wake], [], [], 0.05)
            _drain(wake)
            if again:  # what was forked while the others were ended
                _signal(leader, number)


def _do(argv: list[str], env: dict[str, str], limit_s: float) -> None:
    if argv:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(argv, env=env, capture_output=True, timeout=limit_s, start_new_session=True)


def _reap() -> None:
    """Leave no zombie to a first process that may not reap."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _exit_code(leader: int) -> int | None:
    # Looked at, not reaped: until it is reaped, no other process or group can have its number.
    info = os.waitid(os.P_PID, leader, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if info is None:
        return None
    return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status


def _signal(leader: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(leader, number)
    for pid, group in _descendants().items():
        if group != leader:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def _descendants() -> dict[int, int]:
    """Process group by process number of every descendant that is not over."""
    groups: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()  # from the third on, see proc(5)
            state, threads, parent, group = fields[0], *(int(fields[place]) for place in (17, 1, 2))
            children.setdefault(parent, []).append(int(name))
            # A zombie with other threads is not over: they still free its memory, the GPU's too.
            if state not in (b"Z", b"X") or threads > 1:
                groups[int(name)] = group
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
