"""A script that starts a server and stops it when the owning process ends, even by SIGKILL.

Run it by its path. It needs Linux and uses only the standard library.

Standard input is a pipe from the owner. It carries one line of JSON, `{"argv", "env", "log", "grace_s",
"stop_argv", "kill_argv", …}`, and then nothing. The end of the pipe means "stop the server"; the kernel
closes the pipe when the owner dies. `stop_argv` and `kill_argv` stop and kill a container, because signals
do not reach its processes. Without a container they are empty.

Standard output carries `pid N` or `failed WHY`, then `exit CODE`. A negative code is the signal that ended
the server. If the server ends by itself, `exit` is sent at once; otherwise after all its processes have
ended. The script itself exits when all processes have ended.
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
from typing import Any

KILL_LIMIT_S = 10.0
STOP_MARGIN_S = 5.0
PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Guard one server from its start to its end; return 1 if it could not be started."""
    owner = os.getppid()
    _raise_open_files_limit()
    wakeup = _ignore_signals()
    _adopt_orphans()
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        return 1
    request = json.loads(line)
    try:
        leader = _start(request["argv"], request["env"], request["log"])
    except OSError as error:
        _send(f"failed {error}")
        return 1
    _send(f"pid {leader}")
    _wait_for_end(leader, owner, wakeup)
    _stop(leader, request, wakeup)
    _reap()
    return 0


def _stop(leader: int, request: dict[str, Any], wakeup: int) -> None:
    """Send the exit code, and end the server, its container, and processes that the server left behind."""
    code = _exit_code(leader)
    if code is not None:  # sent first: the owner needs it before its requests fail
        _send(f"exit {code}")
    # Processes that a dead server leaves behind get the grace period too, to free their shared memory.
    grace_s = float(request["grace_s"])
    _run(request["stop_argv"], request["env"], grace_s + STOP_MARGIN_S)
    _end_processes(leader, grace_s, wakeup)
    _run(request["kill_argv"], request["env"], KILL_LIMIT_S)
    if code is None:
        code = _exit_code(leader)
        _send(f"exit {-signal.SIGKILL if code is None else code}")


def _raise_open_files_limit() -> None:
    """Raise the soft limit, usually 1024, to the hard one: the server opens a file for each connection."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _ignore_signals() -> int:
    """Ignore SIGTERM, SIGINT, SIGHUP and SIGCHLD; return a descriptor that is readable after one arrives.

    Handlers are used instead of SIG_IGN, because the server would inherit SIG_IGN but not a handler.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    wakeup, write_end = os.pipe()
    os.set_blocking(wakeup, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    return wakeup


def _adopt_orphans() -> None:
    """Become the parent of the server's orphans, so that they are found and ended too."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


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


def _wait_for_end(leader: int, owner: int, wakeup: int) -> None:
    """Return when the server has ended, the owner closed the pipe, or the owner died."""
    pipe_closed = False
    # Forked children of a dead owner may keep the pipe open. Then only this script's new parent process shows
    # that the owner died.
    while not pipe_closed and _exit_code(leader) is None and os.getppid() == owner:
        readable = select.select([sys.stdin.fileno(), wakeup], [], [], 1.0)[0]
        pipe_closed = sys.stdin.fileno() in readable
        _drain(wakeup)


def _end_processes(leader: int, grace_s: float, wakeup: int) -> None:
    """Send SIGTERM, then SIGKILL after the grace period, until neither the server nor a descendant runs."""
    _signal(leader, signal.SIGTERM)
    _signal(leader, signal.SIGCONT)  # a stopped process handles SIGTERM only when it continues
    deadline = time.monotonic() + grace_s
    while _is_running(leader) and time.monotonic() < deadline:
        _wait_for_signal(wakeup)
    deadline = time.monotonic() + KILL_LIMIT_S
    while _is_running(leader) and time.monotonic() < deadline:
        _signal(leader, signal.SIGKILL)  # repeated, because a process may have forked
        _wait_for_signal(wakeup)


def _is_running(leader: int) -> bool:
    return _exit_code(leader) is None or bool(_descendants())


def _run(argv: list[str], env: dict[str, str], limit_s: float) -> None:
    if argv:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(argv, env=env, capture_output=True, timeout=limit_s, start_new_session=True)


def _reap() -> None:
    """Reap all ended children: inside a container, process 1 may not reap orphans."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _exit_code(leader: int) -> int | None:
    # WNOWAIT does not reap the process, so that the kernel cannot give its id to another process or group.
    info = os.waitid(os.P_PID, leader, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if info is None:
        return None
    return info.si_status if info.si_code == os.CLD_EXITED else -info.si_status


def _signal(leader: int, number: int) -> None:
    """Send a signal to the server's process group and to its descendants in other groups."""
    with contextlib.suppress(OSError):
        os.killpg(leader, number)
    for pid, group in _descendants().items():
        if group != leader:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def _descendants() -> dict[int, int]:
    """Return the process group of every descendant that runs, by process id."""
    groups: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            state, parent, group, threads = _process_status(pid)
            children.setdefault(parent, []).append(pid)
            # A zombie with other threads has not ended: they are still freeing its memory, also on the GPU.
            if state not in (b"Z", b"X") or threads > 1:
                groups[pid] = group
    running: dict[int, int] = {}
    pending = list(children.get(os.getpid(), []))
    while pending:
        pid = pending.pop()
        pending += children.get(pid, [])
        if pid in groups:
            running[pid] = groups[pid]
    return running


def _process_status(pid: int) -> tuple[bytes, int, int, int]:
    """Return the state, parent, process group and number of threads of a process, see proc_pid_stat(5)."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        content = file.read()
    # The second field is the name in parentheses, which may contain spaces: split after the last parenthesis.
    fields = content.rpartition(b")")[2].split()
    return fields[0], int(fields[1]), int(fields[2]), int(fields[17])


def _wait_for_signal(wakeup: int) -> None:
    select.select([wakeup], [], [], 0.05)
    _drain(wakeup)


def _drain(wakeup: int) -> None:
    with contextlib.suppress(BlockingIOError):
        os.read(wakeup, 4096)


def _send(text: str) -> None:
    with contextlib.suppress(OSError):  # the owner may have died
        os.write(1, text.encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
