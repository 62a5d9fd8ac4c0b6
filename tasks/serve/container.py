"""A server in a container: the commands that start and end it, for docker and podman."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks.config.server import OwnServer
from tasks.provision.provisioned import Image, Model
from tasks.serve.argv import HOST, VISIBLE, engine_argv
from tasks.serve.gpu import GPU

INSIDE = "0.0.0.0"
SHARED_MEMORY = "16g"
"""A limit: what the engine's processes exchange; it goes with the container, as the host's would not."""


def container_argv(
    image: Image,
    server: OwnServer,
    model: Model,
    port: int,
    name: str,
    cards: Sequence[GPU],
    variables: Sequence[str],
) -> tuple[str, ...]:
    """The command that serves `model` on 127.0.0.1:`port` from an image that is there already.

    `variables` are passed by name: their values are the client's own, and no secret is on a command line.
    The model's folders are seen inside under the paths that they have outside, and read only.

    Raises:
        InputError: `server.args` has a flag that the pipeline sets itself.
    """
    entry, *words = engine_argv(server, model, "python3", INSIDE, port)
    return (
        *(str(image.program), "run", "--rm", "--init", "--pull", "never"),
        *("--name", name, "--label", "servegauge", "--shm-size", SHARED_MEMORY),
        *("--publish", f"{HOST}:{port}:{port}"),
        *_gpu_flags(image, server, cards),
        *(word for folder in seen(Path(model.weights)) for word in ("--mount", _bind(folder))),
        *(word for variable in variables for word in ("--env", variable)),
        *("--entrypoint", entry, image.reference, *words),
    )


def stop_argv(image: Image, name: str, grace_s: float) -> tuple[str, ...]:
    """The command that asks a container to end, and forces it after the grace."""
    return (str(image.program), "stop", "-t", str(max(1, round(grace_s))), name)


def force_argv(image: Image, name: str) -> tuple[str, ...]:
    """The command that ends a container at once, whatever state it is in."""
    return (str(image.program), "rm", "--force", name)


def first_argv(image: Image, name: str) -> tuple[str, ...]:
    """The command that prints the process number, on this machine, of a container's first process."""
    return (str(image.program), "inspect", "--format", "{{.State.Pid}}", name)


def seen(weights: Path) -> tuple[Path, ...]:
    """What an engine must see of the disk: the model, and the folders that its links lead to.

    A hub's cache keeps a snapshot as links into a folder of blobs.
    """
    if not weights.is_dir():
        return (weights,)
    targets = {path.resolve().parent for path in weights.rglob("*") if path.is_symlink()}
    outside = {folder for folder in targets if not folder.is_relative_to(weights.resolve())}
    return (weights, *sorted(outside))


def _gpu_flags(image: Image, server: OwnServer, cards: Sequence[GPU]) -> Iterator[str]:
    numbers = [str(card.index) for card in cards] or (["all"] if VISIBLE in server.env else [])
    if not numbers:
        return
    if image.program.name == "podman":
        for number in numbers:
            yield from ("--device", f"nvidia.com/gpu={number}")
    else:
        # Quoted for docker itself, which reads a comma as the end of a field.
        yield from ("--gpus", "all" if numbers == ["all"] else f'"device={",".join(numbers)}"')


def _bind(path: Path) -> str:
    return f"type=bind,source={path},target={path},readonly"
