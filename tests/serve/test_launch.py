"""The commands of a server, made from everything that it is started from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.provision.provisioned import Image
from tasks.serve.gpu import GPU
from tasks.serve.gpu_lease import Lease
from tasks.serve.launch import launch_of
from tests.serve.fake import a_server, a_setup, an_environment

DOCKER = Image(program=Path("/usr/bin/docker"), reference=f"vllm/vllm-openai@sha256:{'a' * 64}")


def test_a_server_on_the_host_sees_the_gpus_of_its_lease(tmp_path: Path) -> None:
    gpu = GPU(
        index=2,
        uuid="GPU-2",
        name="H100",
        memory_total_bytes=None,
        memory_used_bytes=None,
        driver="580",
        pids=(),
    )
    setup = a_setup(
        a_server(), tmp_path / "log", lease=Lease(gpus=(gpu,)), inherited_env={"CUDA_VISIBLE_DEVICES": "0,2"}
    )
    launch = launch_of(setup, 8801)
    assert launch.argv[-2:] == ("--port", "8801")
    assert launch.env["CUDA_VISIBLE_DEVICES"] == "2"
    assert (launch.stop_argv, launch.kill_argv, launch.pid_argv) == ((), (), ())


def test_a_refused_flag_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"server\.args\.port"):
        launch_of(a_setup(a_server(args={"port": 1}), tmp_path / "log"), 8801)


def test_no_value_of_a_variable_is_on_the_command_line_of_a_container(tmp_path: Path) -> None:
    environment = an_environment(None).model_copy(update={"image": DOCKER})
    server = a_server(tmp_path / "engine")
    inherited = {"PATH": "/usr/bin", "HF": "x"}
    setup = a_setup(server, tmp_path / "log", environment=environment, inherited_env=inherited)
    launch = launch_of(setup, 8801)
    api_key = setup.api_key.get_secret_value()
    assert launch.env["VLLM_API_KEY"] == api_key
    assert api_key not in " ".join(launch.argv)
    assert str(tmp_path / "engine") not in " ".join(launch.argv)
    names = {launch.argv[index + 1] for index, word in enumerate(launch.argv) if word == "--env"}
    assert {"VLLM_API_KEY", "PYTHONPATH", "DO_NOT_TRACK"} <= names
    assert "HF" not in names  # inherited variables are for the client, not for the container
    name = launch.argv[launch.argv.index("--name") + 1]
    assert launch.stop_argv[-1] == launch.kill_argv[-1] == launch.pid_argv[-1] == name
    assert name != launch_of(setup, 8801).kill_argv[-1]
