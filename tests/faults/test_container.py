"""The server is in a container: it dies, its client or its guardian dies, and nothing of it stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from flows.benchmark import benchmark
from flows.run.reuse import measure_with_restart
from flows.run.server import RunServer, open_server
from tasks.errors import InputError
from tests.faults.command import command
from tests.faults.driver import PROBE, meanwhile, run_of, table, watched
from tests.faults.engine import Case, until
from tests.faults.fake_docker import Daemon, fake_docker

pytestmark = pytest.mark.usefixtures("api")
IMAGE = f"image:vllm/vllm-openai:v0.11.0@sha256:{'a' * 64}"


@pytest.fixture
def docker(case: Case, fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The engine that the case's server runs in."""
    case.python = Path(IMAGE)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_DOCKER", str(tmp_path / "docker.sock"))
    with fake_docker(tmp_path, fake) as daemon:
        yield daemon
        assert until(lambda: not daemon.inside() and not daemon.running, 20)


def client_of(case: Case) -> psutil.Process:
    """The `docker run` that waits for the container."""
    case.start()
    (found,) = (
        process
        for process in psutil.process_iter(["cmdline"])
        if "run" in (words := process.info["cmdline"] or [])
        and str(case.model) in words
        and str(case.folder / "bin" / "docker") in words
    )
    return found


def dying(victim: Callable[[Case], psutil.Process], case: Case, moments: list[float]) -> Callable[[], None]:
    """A fault: SIGKILL of a process of the first start, once the server was asked."""

    def act() -> None:
        case.asked(PROBE)
        victim(case).kill()
        moments.append(1)

    return act


def survived(case: Case, docker: Daemon, victim: Callable[[Case], psutil.Process]) -> RunServer:
    moments: list[float] = []
    noticed: list[float] = []
    with open_server(run_of(case)) as server, meanwhile(dying(victim, case, moments)):
        assert measure_with_restart(server, watched(server, noticed)) == 2
        assert len(docker.inside()) >= 2  # the second server and its core, and nothing of the first
        assert not any(pid in {process.pid for process in docker.inside()} for pid in first_pids(case))
    assert moments
    return server


def first_pids(case: Case) -> set[int]:
    started = case.start(1)
    return {started["server"], started["core"]}


def test_a_whole_run(case: Case, docker: Daemon) -> None:
    run = benchmark(spec=case.spec(), results=str(case.results))
    assert "invalid" not in table(case, "points")["verdict"].to_list()
    assert table(case, "points")["succeeded"].to_list() == [3, 12]
    (row,) = table(case, "runs").to_dicts()
    assert (row["engine_version"], row["environment_digest"]) == ("0.11.0", "a" * 64)
    (words,) = docker.ran()
    assert words[3:6] == ["--pull", "never", "--name"]
    assert words[6].startswith(f"servegauge-{run}-")
    assert not docker.running


def test_the_server_in_it_dies(case: Case, docker: Daemon) -> None:
    survived(case, docker, lambda case: psutil.Process(case.start()["server"]))
    assert len(docker.ran()) == 2


def test_its_client_is_killed_and_the_container_ends_all_the_same(case: Case, docker: Daemon) -> None:
    survived(case, docker, client_of)
    names = [words[words.index("--name") + 1] for words in docker.ran()]
    assert len(set(names)) == 2
    assert ["stop", "-t", "10", names[0]] in docker.calls


def test_its_guardian_is_killed_and_the_run_ends_the_container(case: Case, docker: Daemon) -> None:
    def guardian(case: Case) -> psutil.Process:
        parent = client_of(case).parent()
        assert parent
        return parent

    survived(case, docker, guardian)
    name = docker.ran()[0][docker.ran()[0].index("--name") + 1]
    assert ["rm", "--force", name] in docker.calls


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_run_is_ended(case: Case, docker: Daemon, api: str, number: signal.Signals) -> None:
    with command(case, api) as run:
        case.asked(PROBE + 3)
        os.kill(run.process.pid, number)
        run.ends()
        assert until(lambda: not docker.inside() and not docker.running, 20)


def test_no_engine_is_wrong_input(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case.python = Path(IMAGE)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="neither docker nor podman is on the PATH"):
        benchmark(spec=case.spec(), results=str(case.results))
