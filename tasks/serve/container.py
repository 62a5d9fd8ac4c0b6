"""A server in a container: the commands that start, stop and inspect it, for docker and podman."""

from __future__ import annotations

from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.server import ManagedServer
from tasks.provision.provisioned import Image, Model
from tasks.serve.argv import CUDA_VISIBLE_DEVICES, engine_argv
from tasks.serve.gpu import GPU
from tasks.serve.loopback import HOST

ALL_INTERFACES = "0.0.0.0"
"""The address to listen on inside a container; only 127.0.0.1 of the host is published."""
SHARED_MEMORY = "16g"
"""Limit of the container's /dev/shm, through which the engine's processes exchange data."""


class Container(Frozen):
    """One container. `port`: its port, inside and on the host. `variables`: environment variables to pass."""

    image: Image
    name: str
    port: int
    gpus: tuple[GPU, ...] = ()
    variables: tuple[str, ...] = ()


def container_argv(container: Container, server: ManagedServer, model: Model) -> tuple[str, ...]:
    """Return the command that serves `model` on 127.0.0.1:`port` from an image that is already pulled.

    The command line has only the names of environment variables, so it contains no secret. docker or podman
    reads their values from its own environment. The model's folders are mounted read-only at the same paths.

    Raises:
        InputError: `server.args` has a flag that the pipeline sets itself.
    """
    image = container.image
    entrypoint, *arguments = engine_argv(server, model, "python3", ALL_INTERFACES, container.port)
    argv = [str(image.program), "run", "--rm", "--init", "--pull", "never"]
    argv += ["--name", container.name, "--label", "servegauge", "--shm-size", SHARED_MEMORY]
    argv += ["--publish", f"{HOST}:{container.port}:{container.port}"]
    argv += _gpu_flags(container, server)
    for folder in mounted_paths(Path(model.weights)):
        argv += ["--mount", f"type=bind,source={folder},target={folder},readonly"]
    for variable in container.variables:
        argv += ["--env", variable]
    argv += ["--entrypoint", entrypoint, image.reference, *arguments]
    return tuple(argv)


def stop_argv(container: Container, grace_s: float) -> tuple[str, ...]:
    """Return the command that stops a container with SIGTERM, and with SIGKILL after `grace_s` seconds."""
    return (str(container.image.program), "stop", "-t", str(max(1, round(grace_s))), container.name)


def kill_argv(container: Container) -> tuple[str, ...]:
    """Return the command that kills and removes a container in any state."""
    return (str(container.image.program), "rm", "--force", container.name)


def pid_argv(container: Container) -> tuple[str, ...]:
    """Return the command that prints the host's process id of the container's first process."""
    return (str(container.image.program), "inspect", "--format", "{{.State.Pid}}", container.name)


def mounted_paths(weights: Path) -> tuple[Path, ...]:
    """Return the paths that an engine must be able to read: the model and the folders its links point to.

    The cache of a hub stores a snapshot as links into a folder of blobs.
    """
    if not weights.is_dir():
        return (weights,)
    targets = {path.resolve().parent for path in weights.rglob("*") if path.is_symlink()}
    outside = {folder for folder in targets if not folder.is_relative_to(weights.resolve())}
    return (weights, *sorted(outside))


def _gpu_flags(container: Container, server: ManagedServer) -> list[str]:
    indices = [str(gpu.index) for gpu in container.gpus]
    if not indices and CUDA_VISIBLE_DEVICES in server.env:
        indices = ["all"]
    if not indices:
        return []
    if container.image.program.name == "podman":
        flags = []
        for index in indices:
            flags += ["--device", f"nvidia.com/gpu={index}"]
        return flags
    if indices == ["all"]:
        return ["--gpus", "all"]
    # docker needs the quotes: it reads an unquoted comma as the end of a field.
    return ["--gpus", f'"device={",".join(indices)}"']
