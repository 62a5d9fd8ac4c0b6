"""A server in a container: it, its client or its guardian dies, and nothing of it goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from flows.benchmark import benchmark
from flows.run.reuse import measure_with_restart
from flows.run.run_server import open_server
from tasks.errors import InputError
from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.inject import MeasureUntilDeath, injecting, prepare_run
from tests.faults.run_command import servegauge
from tests.helpers.fake_docker import Daemon, fake_docker
from tests.helpers.wait import until

pytestmark = pytest.mark.usefixtures("api")
IMAGE = f"image:vllm/vllm-openai:v0.11.0@sha256:{'a' * 64}"
FindProcess = Callable[[Case], psutil.Process]


@pytest.fixture
def docker(
    case: Case, fake_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Daemon]:
    """The daemon of the fake docker in which the case's server runs."""
    case.python = Path(IMAGE)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_DOCKER", str(tmp_path / "docker.sock"))
    with fake_docker(tmp_path, fake_python) as daemon:
        yield daemon
        assert until(lambda: not daemon.inside() and not daemon.running, 20)


def server_of(case: Case) -> psutil.Process:
    """Find the server inside the container."""
    return psutil.Process(case.wait_for_start()["server"])


def client_of(case: Case) -> psutil.Process:
    """Find the `docker run` that waits for the container."""
    case.wait_for_start()
    wanted = {"run", str(case.model), str(case.folder / "bin" / "docker")}
    (client,) = (
        process
        for process in psutil.process_iter(["cmdline"])
        if wanted <= set(process.info["cmdline"] or [])
    )
    return client


def guardian_of(case: Case) -> psutil.Process:
    """Find the process that started the client."""
    parent = client_of(case).parent()
    assert parent
    return parent


def kill_and_measure_again(case: Case, docker: Daemon, find_victim: FindProcess) -> None:
    """Kill a process once the server has a request; the second start measures, and the first has ended."""
    killed: list[psutil.Process] = []

    def kill() -> None:
        case.wait_for_requests(PROBE_REQUESTS)
        victim = find_victim(case)
        victim.kill()
        killed.append(victim)

    with open_server(prepare_run(case)) as server, injecting(kill):
        assert measure_with_restart(server, MeasureUntilDeath(server)) == 2
        inside = {process.pid for process in docker.inside()}
        assert len(inside) >= 2  # the second server and its EngineCore
        first = case.wait_for_start(1)
        assert not inside & {first["server"], first["core"]}
    assert killed


def names_of_containers(docker: Daemon) -> list[str]:
    """The `--name` of every `docker run`."""
    return [words[words.index("--name") + 1] for words in docker.runs()]


def test_a_whole_run(case: Case, docker: Daemon) -> None:
    run = benchmark(spec=case.spec(), results=str(case.results))
    assert "invalid" not in case.table("points")["verdict"].to_list()
    assert case.table("points")["succeeded"].to_list() == [3, 12]
    (row,) = case.table("runs").to_dicts()
    assert (row["engine_version"], row["environment_digest"]) == ("0.11.0", "a" * 64)
    (words,) = docker.runs()
    assert words[3:6] == ["--pull", "never", "--name"]
    assert words[6].startswith(f"servegauge-{run}-")
    assert not docker.running


def test_a_server_that_dies_in_its_container_is_restarted(case: Case, docker: Daemon) -> None:
    kill_and_measure_again(case, docker, server_of)
    assert len(docker.runs()) == 2


def test_a_container_is_stopped_when_its_client_is_killed(case: Case, docker: Daemon) -> None:
    kill_and_measure_again(case, docker, client_of)
    names = names_of_containers(docker)
    assert len(set(names)) == 2
    assert ["stop", "-t", "10", names[0]] in docker.calls


def test_a_container_is_removed_by_the_run_when_its_guardian_is_killed(case: Case, docker: Daemon) -> None:
    kill_and_measure_again(case, docker, guardian_of)
    assert ["rm", "--force", names_of_containers(docker)[0]] in docker.calls


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_container_ends_with_its_run(case: Case, docker: Daemon, api: str, number: signal.Signals) -> None:
    with servegauge(case, api) as run:
        case.wait_for_requests(PROBE_REQUESTS + 3)
        os.kill(run.process.pid, number)
        run.wait()
        assert until(lambda: not docker.inside() and not docker.running, 60)


def test_a_machine_without_a_container_engine(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case.python = Path(IMAGE)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="neither docker nor podman is on the PATH"):
        benchmark(spec=case.spec(), results=str(case.results))
