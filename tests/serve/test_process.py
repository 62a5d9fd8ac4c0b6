"""Starting, checking and stopping a server, with real processes."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tasks.errors import ServerDied, ServerStartError
from tasks.serve.process import ServerProcess, serving
from tests.helpers.ports import free_port
from tests.helpers.processes import running
from tests.helpers.wait import until
from tests.serve.fake import a_server, a_setup, an_environment, install

GRACE_S = 30.0
"""No test waits for it: a server that handles SIGTERM ends at once, however late a busy machine lets it."""
STUBBORN_GRACE_S = 1.0
"""For processes that ignore SIGTERM: a test waits for all of it."""


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """Install the fake engine and return its folder."""
    return install(tmp_path)


@contextmanager
def started(
    engine: Path, behaviour: str = "", grace_s: float = GRACE_S, **fields: Any
) -> Iterator[ServerProcess]:
    """Start a server and wait until it answers."""
    server = a_server(engine, behaviour, **fields)
    with serving(a_setup(server, engine.parent / "run" / "server.log", grace_s=grace_s)) as process:
        assert until(lambda: answers(process)), process.log.read_text()
        yield process


def answers(process: ServerProcess) -> bool:
    """Return whether /health answers 200; raise if the process has ended."""
    process.check()
    try:
        return httpx.get(f"{process.endpoint.root}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def orphan_of(engine: Path) -> int:
    """Return the id of the orphan that the server started, which runs."""
    pid = int((engine / "orphan").read_text())
    assert running(pid)
    return pid


def signal_masks(pid: int) -> dict[str, int]:
    """Return the signal masks of a process by their names in proc_pid_status(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":\t", 1) for line in lines)
    return {name: int(fields[name], 16) for name in ("SigIgn", "SigBlk", "ShdPnd")}


def pending_signals(pid: int) -> int:
    """Return the mask of signals that a process has not handled yet; 0 where it has ended."""
    try:
        return signal_masks(pid)["ShdPnd"]
    except (OSError, KeyError):
        return 0


def test_a_server_answers_until_the_block_is_left(engine: Path) -> None:
    with started(engine) as process:
        pid = process.pid
        assert pid
        assert running(pid)
        assert process.exit_code is None
        assert process.endpoint.url.startswith("http://127.0.0.1:")
        assert (process.endpoint.model, process.endpoint.tokenizer) == ("tiny", "/models/tiny")
        assert os.getpgid(pid) == pid
    assert not running(pid)
    assert process.exit_code == -signal.SIGTERM


def test_the_key_is_in_the_variables_and_nowhere_else(engine: Path) -> None:
    with started(engine) as process:
        server = psutil.Process(process.pid)
        guardian = server.parent()
        assert guardian
        assert process.endpoint.api_key
        key = process.endpoint.api_key.get_secret_value()
        assert len(key) >= 32
        assert server.environ()["VLLM_API_KEY"] == key
        assert key not in " ".join(server.cmdline() + guardian.cmdline())
        assert key not in process.log.read_text()


def test_an_exception_ends_a_server_and_an_orphan_that_ignore_sigterm(engine: Path) -> None:
    with suppress(ZeroDivisionError), started(engine, "orphan stubborn", STUBBORN_GRACE_S) as process:
        pids = [process.pid or 0, orphan_of(engine)]
        _ = 1 / 0
    assert not any(running(pid) for pid in pids)
    assert process.exit_code == -signal.SIGKILL


def test_a_death_is_reported_at_once_and_its_orphan_ends(engine: Path) -> None:
    with started(engine, "orphan", grace_s=2.0) as process:
        orphan = orphan_of(engine)
        process.check()
        os.kill(process.pid or 0, signal.SIGKILL)
        assert until(lambda: process.exit_code is not None)
        assert running(orphan)  # the death is reported while the orphan still has its grace
        with pytest.raises(ServerDied, match="SIGKILL: something killed it") as died:
            process.check()
        assert until(lambda: not running(orphan))
        assert "engine starts on port" in died.value.detail


def test_a_start_that_fails_reports_the_reason(engine: Path) -> None:
    server = a_server(engine, args={"atention-backend": "X"})
    with serving(a_setup(server, engine / "server.log")) as process:
        assert until(lambda: process.exit_code is not None)
        with pytest.raises(
            ServerDied, match="exit code 2: the engine does not know --atention-backend X"
        ) as died:
            process.check()
        assert died.value.detail.splitlines()[-1].endswith("--atention-backend X")


def test_a_restart_appends_to_the_same_log(engine: Path) -> None:
    with started(engine) as process:
        first, key = process.pid or 0, process.endpoint.api_key
        os.kill(first, signal.SIGKILL)
        assert until(lambda: process.exit_code is not None)
        process.restart()
        assert until(lambda: answers(process))
        assert process.pid != first
        assert process.endpoint.api_key == key
        log = process.log.read_text()
        assert "tiny: start 1" in log
        assert "tiny: start 2" in log
        assert log.count("engine starts on port") == 2


def test_a_running_server_on_a_fixed_port_is_restarted(engine: Path) -> None:
    port = free_port()
    with started(engine, port=port) as process:
        first = process.pid or 0
        process.restart()
        assert not running(first)
        assert until(lambda: answers(process))
        assert process.endpoint.url == f"http://127.0.0.1:{port}/v1"


def test_a_port_in_use_is_reported_with_its_process(engine: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ServerStartError, match=f"127.0.0.1:{port} .*pid {os.getpid()}"):
            with started(engine, port=port):
                pytest.fail("it was started")


def test_a_missing_interpreter_is_reported(engine: Path, tmp_path: Path) -> None:
    setup = a_setup(a_server(engine), tmp_path / "log", environment=an_environment("/no-python"))
    with pytest.raises(ServerStartError, match="no-python could not be started"), serving(setup):
        pytest.fail("it was started")


def test_the_death_of_the_guardian_ends_the_server(engine: Path) -> None:
    with started(engine) as process:
        pid = process.pid or 0
        guardian = psutil.Process(pid).parent()
        assert guardian
        guardian.kill()
        assert until(lambda: process.exit_code is not None)
        assert until(lambda: not running(pid))
        with pytest.raises(ServerDied):
            process.check()


def test_the_guardian_ignores_signals(engine: Path) -> None:
    with started(engine) as process:
        guardian = psutil.Process(process.pid).parent()
        assert guardian
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            guardian.send_signal(number)
        assert until(lambda: pending_signals(guardian.pid) == 0)
        assert running(guardian.pid)
        assert answers(process)


def test_the_server_does_not_ignore_signals(engine: Path) -> None:
    with started(engine) as process:
        masks = signal_masks(process.pid or 0)
        needed = sum(1 << number - 1 for number in (signal.SIGTERM, signal.SIGHUP))
        assert masks["SigIgn"] & needed == 0
        assert masks["SigBlk"] == 0


def test_stop_may_be_called_again(engine: Path) -> None:
    with started(engine) as process:
        process.stop()
        code = process.exit_code
        process.stop()
        assert process.exit_code == code == -signal.SIGTERM


def test_an_interrupt_does_not_cut_the_stop_short(engine: Path) -> None:
    with started(engine, "orphan stubborn", 2 * STUBBORN_GRACE_S) as process:
        pids = [process.pid or 0, orphan_of(engine)]
        interrupt = threading.Timer(STUBBORN_GRACE_S / 5, os.kill, (os.getpid(), signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            process.stop()
        interrupt.join()
        assert not any(running(pid) for pid in pids)
