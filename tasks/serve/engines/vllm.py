"""vLLM: its command line and its API key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tasks.config.server import ArgValue, VllmServer
from tasks.provision.provisioned import Model
from tasks.serve.engines.engine import Engine

MODULE = "vllm.entrypoints.openai.api_server"


class VllmEngine(Engine[VllmServer]):
    """Runs vLLM's OpenAI server as a module of the environment's Python."""

    parser_module = MODULE
    owned_flags: ClassVar[Mapping[str, str]] = {
        "model": "server.model",
        "served-model-name": "server.served_name",
        "host": "nothing: servers answer on 127.0.0.1",
        "port": "server.port",
        "api-key": "nothing: a random key is made for each server",
        "hf-token": "the variable HF_TOKEN, which fetches the model",
    }
    key_variable = "VLLM_API_KEY"

    @property
    def flags(self) -> tuple[str, ...]:
        """The names in `server.args`."""
        return tuple(self.server.args)

    def argv(self, model: Model, python: str, host: str, port: int) -> tuple[str, ...]:
        """Return `python -m vllm…` with the model, the address and the flags of `server.args`."""
        words = [python, "-m", MODULE]
        words += ["--model", model.weights, "--served-model-name", self.server.name]
        words += ["--host", host, "--port", str(port)]
        for flag, value in self.server.args.items():
            words += flag_words(flag, value)
        return tuple(words)


def flag_words(flag: str, value: ArgValue) -> list[str]:
    """Return the words of one flag on the command line; none for null, false and the empty list."""
    if value is None or value is False or value == []:
        return []
    if value is True:
        return [f"--{flag}"]
    if isinstance(value, list):
        return [f"--{flag}", *value]
    if str(value).startswith("-"):  # as a word of its own, argparse would read the value as a flag
        return [f"--{flag}={value}"]
    return [f"--{flag}", str(value)]
