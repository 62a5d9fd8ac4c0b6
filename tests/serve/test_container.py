"""A server in a container: the commands that start and end it, and the end of one that will not."""

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
from tasks.serve.container import container_argv, force_argv, seen, stop_argv
from tasks.serve.gpu import GPU
from tasks.serve.launch import launch
from tasks.serve.process import ServerProcess, serving
from tests.faults.fake_docker import Daemon, fake_docker
from tests.serve.fake import a_model, a_server, an_environment, an_order, install, until

REFERENCE = f"vllm/vllm-openai@sha256:{'a' * 64}"
DOCKER = Image(program=Path("/usr/bin/docker"), reference=REFERENCE)
PODMAN = Image(program=Path("/usr/bin/podman"), reference=REFERENCE)


def a_card(index: int) -> GPU:
    return GPU(
        index=index,
        uuid=f"GPU-{index}",
        name="H100",
        memory_total_bytes=1,
        memory_used_bytes=0,
        driver="580",
        pids=(),
    )


def test_the_whole_command() -> None:
    server = a_server(args={"enforce-eager": True})
    cards = (a_card(0), a_card(2))
    argv = container_argv(DOCKER, server, a_model(), 8801, "one", cards, ("VLLM_API_KEY", "A"))
    assert argv == (
        *("/usr/bin/docker", "run", "--rm", "--init", "--pull", "never"),
        *("--name", "one", "--label", "servegauge", "--shm-size", "16g"),
        *("--publish", "127.0.0.1:8801:8801", "--gpus", '"device=0,2"'),
        *("--mount", "type=bind,source=/models/tiny,target=/models/tiny,readonly"),
        *("--env", "VLLM_API_KEY", "--env", "A", "--entrypoint", "python3", REFERENCE),
        *("-m", "vllm.entrypoints.openai.api_server", "--model", "/models/tiny"),
        *("--served-model-name", "tiny", "--host", "0.0.0.0", "--port", "8801", "--enforce-eager"),
    )
    assert stop_argv(DOCKER, "one", 10.0) == ("/usr/bin/docker", "stop", "-t", "10", "one")
    assert force_argv(DOCKER, "one") == ("/usr/bin/docker", "rm", "--force", "one")


def test_gpus_for_podman_by_a_specs_own_choice_and_none() -> None:
    server = a_server()
    argv = container_argv(PODMAN, server, a_model(), 1, "one", (a_card(0), a_card(2)), ())
    assert [word for word in argv if "nvidia" in word] == ["nvidia.com/gpu=0", "nvidia.com/gpu=2"]
    assert "--gpus" not in container_argv(DOCKER, server, a_model(), 1, "one", (), ())
    own = server.model_copy(update={"env": {"CUDA_VISIBLE_DEVICES": "1"}})
    argv = container_argv(DOCKER, own, a_model(), 1, "one", (), ())
    assert argv[argv.index("--gpus") + 1] == "all"


def test_a_command_runs_in_a_container_too() -> None:
    server = CommandServer(
        kind="command",
        engine="sglang",
        model="m",
        command=("python3", "-m", "sglang.launch_server", "--model-path={model}", "--host={host}", "{port}"),
    )
    argv = container_argv(DOCKER, server, a_model(), 8801, "one", (), ())
    assert argv[argv.index("--entrypoint") + 1] == "python3"
    assert argv[argv.index(REFERENCE) + 1 :] == (
        *("-m", "sglang.launch_server", "--model-path=/models/tiny", "--host=0.0.0.0", "8801"),
    )


def test_no_value_of_a_variable_is_on_the_command_line(tmp_path: Path) -> None:
    environment = an_environment(None).model_copy(update={"image": DOCKER})
    server = a_server(tmp_path / "engine")
    order = an_order(server, tmp_path / "log", environment=environment, base={"PATH": "/usr/bin", "HF": "x"})
    how = launch(order, 8801)
    assert how.env["VLLM_API_KEY"] == order.key.get_secret_value()
    assert order.key.get_secret_value() not in " ".join(how.argv)
    assert str(tmp_path / "engine") not in " ".join(how.argv)
    names = {how.argv[place + 1] for place, word in enumerate(how.argv) if word == "--env"}
    assert {"VLLM_API_KEY", "PYTHONPATH", "DO_NOT_TRACK"} <= names
    assert "HF" not in names  # what we inherit is the client's, not the container's
    name = how.argv[how.argv.index("--name") + 1]
    assert how.ask[-1] == how.force[-1] == name != launch(order, 8801).force[-1]


def test_the_links_of_a_hubs_cache_are_followed(tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "snapshots" / "abc", tmp_path / "blobs"
    for folder in (snapshot, blobs):
        folder.mkdir(parents=True)
    (blobs / "1").touch()
    (snapshot / "config.json").symlink_to("../../blobs/1")
    (snapshot / "own.json").touch()
    (snapshot / "same.json").symlink_to("own.json")
    assert seen(snapshot) == (snapshot, blobs)
    assert seen(blobs / "1") == (blobs / "1",)


@contextmanager
def in_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manners: str
) -> Iterator[tuple[ServerProcess, Daemon]]:
    """A server in a container that must be gone when the block is left."""
    engine = install(tmp_path)
    monkeypatch.setenv("FAKE_DOCKER", str(tmp_path / "docker.sock"))
    with fake_docker(tmp_path, Path(sys.executable)) as daemon:
        daemon.images.add(REFERENCE)
        image = Image(program=tmp_path / "bin" / "docker", reference=REFERENCE)
        environment = an_environment(None).model_copy(update={"image": image})
        with serving(
            an_order(a_server(engine, manners), tmp_path / "log", environment=environment, grace_s=1.0)
        ) as process:
            yield process, daemon
        assert not daemon.inside()
        assert not daemon.running


def test_one_that_hears_nothing_is_killed_after_its_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_container(tmp_path, monkeypatch, "orphan stubborn") as (process, daemon):
        assert until((tmp_path / "engine" / "orphan").exists), process.log.read_text()
        assert len(daemon.inside()) == 2
        began = time.monotonic()
    assert 1.0 <= time.monotonic() - began < 10


def test_its_process_is_known_though_no_descendant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_container(tmp_path, monkeypatch, "") as (process, daemon):
        assert until(lambda: bool(daemon.inside()))
        assert process.pids() == {process.pid, daemon.inside()[0].pid}
        monkeypatch.setattr("tasks.serve.process.ANSWER_S", 0.0)
        assert process.pids() == {process.pid}


def test_one_that_is_killed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_container(tmp_path, monkeypatch, "") as (process, daemon):
        assert until(lambda: bool(daemon.inside()))
        daemon.inside()[0].kill()
        assert until(lambda: process.exit_code is not None)
        with pytest.raises(ServerDied, match=f"exit code {128 + signal.SIGKILL}: something killed it"):
            process.check()
