"""Starting, watching and ending a server: real processes, some of them ill-behaved."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tasks.errors import ServerDied, ServerStartError
from tasks.serve.process import ServerProcess, serving
from tests.serve.fake import a_server, an_environment, an_order, install, running, until

GRACE_S = 0.5


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """The fake engine's folder."""
    return install(tmp_path)


@contextmanager
def started(
    engine: Path, manners: str = "", grace_s: float = GRACE_S, **fields: object
) -> Iterator[ServerProcess]:
    """A server that answers."""
    server = a_server(engine, manners, **fields)
    with serving(an_order(server, engine.parent / "run" / "server.log", grace_s=grace_s)) as process:
        assert until(lambda: answers(process)), process.log.read_text()
        yield process


def answers(process: ServerProcess) -> bool:
    """Whether /health says 200; raises when the process is gone."""
    process.check()
    try:
        return httpx.get(f"{process.endpoint.root}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def orphan_of(engine: Path) -> int:
    """The process that the server left to itself."""
    pid = int((engine / "orphan").read_text())
    assert running(pid)
    return pid


def test_it_serves_and_is_gone(engine: Path) -> None:
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


def test_an_exception_ends_it_and_its_stubborn_orphan(engine: Path) -> None:
    with suppress(ZeroDivisionError), started(engine, "orphan stubborn") as process:
        pids = [process.pid or 0, orphan_of(engine)]
        _ = 1 / 0
    assert not any(running(pid) for pid in pids)
    assert process.exit_code == -signal.SIGKILL


def test_a_death_is_noticed_and_leaves_no_orphan(engine: Path) -> None:
    with started(engine, "orphan", grace_s=2.0) as process:
        orphan = orphan_of(engine)
        process.check()
        os.kill(process.pid or 0, signal.SIGKILL)
        assert until(lambda: process.exit_code is not None)
        assert running(orphan)  # the death is told at once, though what it left has its grace
        with pytest.raises(ServerDied, match="SIGKILL: something killed it") as died:
            process.check()
        assert until(lambda: not running(orphan), 5.0)
        assert "engine starts on port" in died.value.detail


def test_a_start_that_fails_says_why(engine: Path) -> None:
    server = a_server(engine, args={"atention-backend": "X"})
    with serving(an_order(server, engine / "server.log")) as process:
        assert until(lambda: process.exit_code is not None)
        with pytest.raises(
            ServerDied, match="exit code 2: the engine does not know --atention-backend X"
        ) as died:
            process.check()
        assert died.value.detail.splitlines()[-1].endswith("--atention-backend X")


def test_restart_goes_on_in_the_same_log(engine: Path) -> None:
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


def test_restart_of_a_living_server_on_a_fixed_port(engine: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(engine, port=port) as process:
        first = process.pid or 0
        process.restart()
        assert not running(first)
        assert until(lambda: answers(process))
        assert process.endpoint.url == f"http://127.0.0.1:{port}/v1"


def test_a_taken_port_is_named_with_its_listener(engine: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerStartError, match=f"127.0.0.1:{port} .*pid {os.getpid()}"):
            with started(engine, port=port):
                pytest.fail("it was started")


def test_a_missing_interpreter_is_named(engine: Path, tmp_path: Path) -> None:
    order = an_order(a_server(engine), tmp_path / "log", environment=an_environment("/no-python"))
    with pytest.raises(ServerStartError, match="no-python could not be started"), serving(order):
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


def test_the_guardian_is_deaf_to_signals(engine: Path) -> None:
    with started(engine) as process:
        guardian = psutil.Process(process.pid).parent()
        assert guardian
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            guardian.send_signal(number)
        time.sleep(0.2)
        assert guardian.is_running()
        assert answers(process)


def test_the_server_hears_signals(engine: Path) -> None:
    with started(engine) as process:
        status = Path(f"/proc/{process.pid}/status").read_text()
        words = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Sig"))
        wanted = sum(1 << number - 1 for number in (signal.SIGTERM, signal.SIGHUP))
        assert int(words["SigIgn"], 16) & wanted == 0
        assert int(words["SigBlk"], 16) == 0


def test_stop_may_be_called_again(engine: Path) -> None:
    with started(engine) as process:
        process.stop()
        code = process.exit_code
        process.stop()
        assert process.exit_code == code == -signal.SIGTERM


def test_an_interrupt_does_not_cut_the_stop_short(engine: Path) -> None:
    with started(engine, "orphan stubborn") as process:
        pids = [process.pid or 0, orphan_of(engine)]
        interrupt = threading.Timer(GRACE_S / 3, os.kill, (os.getpid(), signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            process.stop()
        interrupt.join()
        assert not any(running(pid) for pid in pids)
