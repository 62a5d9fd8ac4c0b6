"""GPUs taken for one server: nobody else's meanwhile, and seen to be free again afterwards."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tasks.config.base import Frozen
from tasks.config.server import OwnServer
from tasks.errors import InputError, ServerStartError
from tasks.serve.argv import VISIBLE
from tasks.serve.gpu import GPU, gpus
from tasks.serve.gpu_choice import GIGABYTE, check_free, chosen_gpus, users_of

FREE_AGAIN_S = 20.0
SLACK_BYTES = 512 * 2**20


class Lease(Frozen):
    """The GPUs of one server, and the open locks: whoever inherits them keeps the GPUs taken."""

    cards: tuple[GPU, ...] = ()
    locks: tuple[int, ...] = ()


def lock_folder() -> Path:
    """Where the locks lie: one folder for all users of the machine."""
    return Path(tempfile.gettempdir())


@contextmanager
def leased(
    server: OwnServer,
    say: Callable[[str], None],
    *,
    nvml: Any = None,
    folder: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Lease]:
    """Take the server's GPUs. End the server before the block is left.

    Args:
        say: told what is still on a GPU afterwards, and whose it is.
        nvml: the pynvml module or a stand-in.

    Raises:
        InputError: a GPU is not there, or their number does not fit.
        ServerStartError: one is another run's, or has too little memory free.
    """
    chosen = chosen_gpus(server, visible(gpus(nvml)))
    with ExitStack() as stack:
        locks = tuple(stack.enter_context(_lock(card, folder or lock_folder())) for card in chosen)
        check_free(server, chosen)
        yield Lease(cards=chosen, locks=locks)
        for text in _left(chosen, nvml, sleep):
            say(text)


def visible(cards: tuple[GPU, ...], env: Mapping[str, str] = os.environ) -> tuple[GPU, ...]:
    """Those that a scheduler has given to us, by number or by the beginning of their UUID; all without one.

    Raises:
        InputError: what it has given is no GPU of this machine, as a slice of one.
    """
    if VISIBLE not in env:
        return cards
    found = []
    for name in filter(None, map(str.strip, env[VISIBLE].split(","))):
        if name == "-1":  # to CUDA the end of the list
            break
        card = next((card for card in cards if name == str(card.index) or _is(card, name)), None)
        if card is None:
            raise InputError(
                f"{VISIBLE} names {name!r}, which is no whole GPU of this machine",
                f"set {VISIBLE} to numbers or UUIDs as nvidia-smi -L gives them",
            )
        found.append(card)
    return tuple(found)


def _is(card: GPU, name: str) -> bool:
    return name.startswith("GPU-") and card.uuid.startswith(name)


@contextmanager
def _lock(card: GPU, folder: Path) -> Iterator[int]:
    """The kernel frees it when the last process that holds it open has ended, however it ended."""
    handle = _opened(folder / f"servegauge-gpu-{card.index}.lock", card)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 100).decode(errors="replace").strip()
        os.close(handle)
        raise ServerStartError(
            f"GPU {card.index} ({card.name}) is taken by another run{f' ({holder})' if holder else ''}",
            "wait for its end, or choose others with server.gpus",
        ) from None
    try:
        with suppress(OSError):  # another user's file, which we may lock but not write
            os.ftruncate(handle, 0)
            os.write(handle, f"pid {os.getpid()}\n".encode())
        yield handle
    finally:
        os.close(handle)  # not unlocked: the server's guardian may still hold it, and then rightly so


def _opened(path: Path, card: GPU) -> int:
    """The lock's file, made where there is none. Any user may lock it: that takes no right to write."""
    try:
        with suppress(FileExistsError):
            made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
            os.fchmod(made, 0o644)  # whatever the umask
            return made
        try:
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        except PermissionError:
            return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise ServerStartError(
            f"GPU {card.index} ({card.name}) cannot be locked: {path}: {error.strerror}", f"remove {path}"
        ) from None


def _left(before: Sequence[GPU], nvml: Any, sleep: Callable[[float], None]) -> list[str]:
    """What is still on the GPUs some seconds after the server's end, one sentence a GPU."""
    if not before:
        return []
    used = {card.index: card.memory_used_bytes or 0 for card in before}
    for _ in range(int(FREE_AGAIN_S)):
        now = [card for card in gpus(nvml) if card.index in used]
        full = [card for card in now if (card.memory_used_bytes or 0) > used[card.index] + SLACK_BYTES]
        if not full:
            return []
        sleep(1.0)
    return [
        f"GPU {card.index}: {((card.memory_used_bytes or 0) - used[card.index]) / GIGABYTE:.1f} GB "
        f"are not free again after the server's end{users_of(card)}"
        for card in full
    ]
