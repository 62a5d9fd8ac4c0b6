"""A server in a container: the commands for it, and its end with a fake docker."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.config.server import CommandServer
from tasks.errors import ServerDied
from tasks.provision.provisioned import Image
from tasks.serve.container import Container, container_argv, kill_argv, mounted_paths, pid_argv, stop_argv
from tasks.serve.gpu import GPU
from tasks.serve.process import ServerProcess, serving
from tests.helpers.fake_docker import Daemon, fake_docker
from tests.helpers.wait import until
from tests.serve.fake import a_model, a_server, a_setup, an_environment, install

REFERENCE = f"vllm/vllm-openai@sha256:{'a' * 64}"
DOCKER = Image(program=Path("/usr/bin/docker"), reference=REFERENCE)
PODMAN = Image(program=Path("/usr/bin/podman"), reference=REFERENCE)


def a_gpu(index: int) -> GPU:
    return GPU(
        index=index,
        uuid=f"GPU-{index}",
        name="H100",
        memory_total_bytes=1,
        memory_used_bytes=0,
        driver="580",
        pids=(),
    )


def test_the_whole_command_for_docker() -> None:
    server = a_server(args={"enforce-eager": True})
    container = Container(
        image=DOCKER, name="one", port=8801, gpus=(a_gpu(0), a_gpu(2)), variables=("VLLM_API_KEY", "A")
    )
    argv = container_argv(container, server, a_model())
    assert argv == (
        *("/usr/bin/docker", "run", "--rm", "--init", "--pull", "never"),
        *("--name", "one", "--label", "servegauge", "--shm-size", "16g"),
        *("--publish", "127.0.0.1:8801:8801", "--gpus", '"device=0,2"'),
        *("--mount", "type=bind,source=/models/tiny,target=/models/tiny,readonly"),
        *("--env", "VLLM_API_KEY", "--env", "A", "--entrypoint", "python3", REFERENCE),
        *("-m", "vllm.entrypoints.openai.api_server", "--model", "/models/tiny"),
        *("--served-model-name", "tiny", "--host", "0.0.0.0", "--port", "8801", "--enforce-eager"),
    )
    assert stop_argv(container, 10.0) == ("/usr/bin/docker", "stop", "-t", "10", "one")
    assert kill_argv(container) == ("/usr/bin/docker", "rm", "--force", "one")
    assert pid_argv(container) == ("/usr/bin/docker", "inspect", "--format", "{{.State.Pid}}", "one")


def test_podman_gets_one_device_for_each_gpu() -> None:
    container = Container(image=PODMAN, name="one", port=1, gpus=(a_gpu(0), a_gpu(2)))
    argv = container_argv(container, a_server(), a_model())
    assert [word for word in argv if "nvidia" in word] == ["nvidia.com/gpu=0", "nvidia.com/gpu=2"]


def test_without_locked_gpus_a_container_gets_none_unless_the_spec_chooses_them() -> None:
    container = Container(image=DOCKER, name="one", port=1)
    assert "--gpus" not in container_argv(container, a_server(), a_model())
    server = a_server().model_copy(update={"env": {"CUDA_VISIBLE_DEVICES": "1"}})
    argv = container_argv(container, server, a_model())
    assert argv[argv.index("--gpus") + 1] == "all"


def test_a_command_runs_in_a_container_too() -> None:
    server = CommandServer(
        kind="command",
        engine="sglang",
        model="m",
        command=("python3", "-m", "sglang.launch_server", "--model-path={model}", "--host={host}", "{port}"),
    )
    argv = container_argv(Container(image=DOCKER, name="one", port=8801), server, a_model())
    assert argv[argv.index("--entrypoint") + 1] == "python3"
    assert argv[argv.index(REFERENCE) + 1 :] == (
        *("-m", "sglang.launch_server", "--model-path=/models/tiny", "--host=0.0.0.0", "8801"),
    )


def test_folders_that_the_links_of_a_hubs_cache_point_to_are_mounted(tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "snapshots" / "abc", tmp_path / "blobs"
    for folder in (snapshot, blobs):
        folder.mkdir(parents=True)
    (blobs / "1").touch()
    (snapshot / "config.json").symlink_to("../../blobs/1")
    (snapshot / "own.json").touch()
    (snapshot / "same.json").symlink_to("own.json")
    assert mounted_paths(snapshot) == (snapshot, blobs)
    assert mounted_paths(blobs / "1") == (blobs / "1",)


@contextmanager
def in_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> Iterator[tuple[ServerProcess, Daemon]]:
    """Start a server in a container; check that it has ended when the block is left."""
    engine = install(tmp_path)
    monkeypatch.setenv("FAKE_DOCKER", str(tmp_path / "docker.sock"))
    with fake_docker(tmp_path, Path(sys.executable)) as daemon:
        daemon.images.add(REFERENCE)
        image = Image(program=tmp_path / "bin" / "docker", reference=REFERENCE)
        environment = an_environment(None).model_copy(update={"image": image})
        with serving(
            a_setup(a_server(engine, behaviour), tmp_path / "log", environment=environment, grace_s=1.0)
        ) as process:
            yield process, daemon
        assert not daemon.inside()
        assert not daemon.running


def test_a_server_that_ignores_sigterm_is_killed_after_its_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_container(tmp_path, monkeypatch, "orphan stubborn") as (process, daemon):
        assert until((tmp_path / "engine" / "orphan").exists), process.log.read_text()
        assert len(daemon.inside()) == 2
        start = time.monotonic()
    assert 1.0 <= time.monotonic() - start < 60


def test_the_process_in_the_container_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_container(tmp_path, monkeypatch, "") as (process, daemon):
        assert until(lambda: bool(daemon.inside()))
        assert process.pids() == {process.pid, daemon.inside()[0].pid}
        monkeypatch.setattr("tasks.serve.process.INSPECT_TIMEOUT_S", 0.0)
        assert process.pids() == {process.pid}


def test_a_server_that_was_killed_in_its_container_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_container(tmp_path, monkeypatch, "") as (process, daemon):
        assert until(lambda: bool(daemon.inside()))
        daemon.inside()[0].kill()
        assert until(lambda: process.exit_code is not None)
        with pytest.raises(ServerDied, match=f"exit code {128 + signal.SIGKILL}: something killed it"):
            process.check()
