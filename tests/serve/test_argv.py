"""The command line and the environment variables of a server."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.config.server import CommandServer
from tasks.errors import InputError
from tasks.serve.argv import serve_argv, server_env
from tests.serve.fake import a_model, a_server, an_environment

KEY = "a-secret-key"


def flags(args: dict[str, Any]) -> tuple[str, ...]:
    """Return the words after the port."""
    argv = serve_argv(a_server(args=args), a_model(), an_environment("/env/bin/python"), 8801)
    return argv[argv.index("8801") + 1 :]


def test_the_whole_command() -> None:
    server = a_server(args={"trust_remote_code": True})
    argv = serve_argv(server, a_model(), an_environment("/env/bin/python"), 8801)
    assert argv == (
        *("/env/bin/python", "-m", "vllm.entrypoints.openai.api_server"),
        *("--model", "/models/tiny", "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", "8801"),
        "--trust_remote_code",
    )


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"enforce-eager": True}, ("--enforce-eager",)),
        ({"enforce-eager": False, "seed": None, "loras": []}, ()),
        ({"max-model-len": 4096}, ("--max-model-len", "4096")),
        ({"gpu-memory-utilization": 0.5}, ("--gpu-memory-utilization", "0.5")),
        ({"allowed-origins": ["a", "b"]}, ("--allowed-origins", "a", "b")),
        ({"offset": -1}, ("--offset=-1",)),
    ],
)
def test_values_of_flags_become_words(args: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert flags(args) == expected


@pytest.mark.parametrize(
    "flag",
    ["model", "served-model-name", "served_model_name", "host", "port", "api-key", "api_key", "port=1"],
)
def test_flags_of_the_pipeline_are_refused(flag: str) -> None:
    with pytest.raises(InputError, match=f"server.args.{flag}"):
        flags({flag: "x"})


def test_variables_of_the_server() -> None:
    base = {
        "HOME": "/home/u",
        "PATH": "/usr/bin",
        "SWANLAB_API_KEY": "s",
        "PREFECT_API_KEY": "s",
        "PREFECT_API_AUTH_STRING": "s",
        "VIRTUAL_ENV": "/other",
        "A": "base",
        "B": "base",
    }
    server = a_server().model_copy(update={"env": {"A": "spec"}})
    env = server_env(
        server, a_model(env={"A": "model", "B": "model"}), an_environment("/env/bin/python"), KEY, base
    )
    assert env == {
        "HOME": "/home/u",
        "PATH": "/env/bin:/usr/bin",
        "A": "spec",
        "B": "model",
        "VLLM_API_KEY": KEY,
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
    }


def test_a_spec_must_not_set_the_key_of_the_server() -> None:
    server = a_server().model_copy(update={"env": {"VLLM_API_KEY": "mine"}})
    with pytest.raises(InputError, match=r"server\.env\.VLLM_API_KEY"):
        server_env(server, a_model(), an_environment(), KEY, {})


def test_placeholders_of_a_command_are_filled_in_and_its_program_is_found() -> None:
    server = CommandServer(
        kind="command",
        engine="llama.cpp",
        model="synthetic:gpt-oss",
        served_name="tiny",
        command=("sh", "--model={model}", "--alias={served_name}", "--host={host}", "--port={port}"),
        api_key_env="LLAMA_API_KEY",
    )
    environment = an_environment(None, "llama.cpp")
    program, *words = serve_argv(server, a_model(), environment, 8801)
    assert program.endswith("/sh")
    assert words == ["--model=/models/tiny", "--alias=tiny", "--host=127.0.0.1", "--port=8801"]
    env = server_env(server, a_model(), environment, KEY, {"PATH": "/usr/bin"})
    assert (env["LLAMA_API_KEY"], env["PATH"], "VLLM_API_KEY" in env) == (KEY, "/usr/bin", False)


def test_an_engine_for_cpus_sees_no_gpu() -> None:
    environment = an_environment()
    build = environment.build.model_copy(update={"device": "cpu"})
    on_cpu = environment.model_copy(update={"build": build})
    env = server_env(a_server(), a_model(), on_cpu, KEY, {"CUDA_VISIBLE_DEVICES": "3"})
    assert env["CUDA_VISIBLE_DEVICES"] == ""
