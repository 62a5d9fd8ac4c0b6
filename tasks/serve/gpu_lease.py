"""GPUs taken for one server: nobody else's meanwhile, and seen to be free again afterwards."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from tasks.config.base import Frozen
from tasks.config.server import OwnServer
from tasks.errors import ServerStartError
from tasks.provision.provisioned import Environment
from tasks.serve.gpu import GPU, gpus
from tasks.serve.gpu_choice import GIGABYTE, check_free, chosen_gpus, users_of

FREE_AGAIN_LOOKS = 20
"""A second apart."""
SLACK_BYTES = 512 * 2**20


class Lease(Frozen):
    """The GPUs of one server, and the open locks: whoever inherits them keeps the GPUs taken."""

    cards: tuple[GPU, ...] = ()
    locks: tuple[int, ...] = ()


def lock_folder() -> Path:
    """Where the locks lie: one folder for all users of the machine, so none that a variable of theirs moves.

    But for SERVEGAUGE_LOCKS, which containers on one machine need to share a folder.
    """
    return Path(os.environ.get("SERVEGAUGE_LOCKS", "/tmp"))


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
    chosen = chosen_gpus(server, gpus(nvml))
    with ExitStack() as stack:
        locks = tuple(stack.enter_context(_lock(card, folder or lock_folder())) for card in chosen)
        check_free(server, chosen)
        looks = FREE_AGAIN_LOOKS
        try:
            yield Lease(cards=chosen, locks=locks)
        except Exception:
            raise
        except BaseException:
            looks = 1  # somebody waits for our end
            raise
        finally:
            for text in _left(chosen, nvml, sleep, looks):
                say(text)


def gpus_for(
    server: OwnServer, environment: Environment, say: Callable[[str], None]
) -> AbstractContextManager[Lease]:
    """The server's GPUs, or none for an engine that computes on the CPU."""
    if environment.build.device == "cpu":
        return nullcontext(Lease())
    return leased(server, say)


@contextmanager
def _lock(card: GPU, folder: Path) -> Iterator[int]:
    """The kernel frees it when the last process that holds it open has ended, however it ended."""
    handle = _opened(folder / f"servegauge-{card.uuid}.lock", card)
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


def _left(before: Sequence[GPU], nvml: Any, sleep: Callable[[float], None], looks: int) -> list[str]:
    """What is still on the GPUs after so many looks since the server's end, one sentence a GPU."""
    if not before:
        return []
    used = {card.index: card.memory_used_bytes or 0 for card in before}
    for look in range(looks):
        if look:
            sleep(1.0)
        now = [card for card in gpus(nvml) if card.index in used]
        full = [card for card in now if (card.memory_used_bytes or 0) > used[card.index] + SLACK_BYTES]
        if len(now) < len(used):
            return [f"the driver no longer tells of {len(used) - len(now)} GPUs whether they are free again"]
        if not full:
            return []
    return [
        f"GPU {card.index}: {((card.memory_used_bytes or 0) - used[card.index]) / GIGABYTE:.1f} GB "
        f"are not free again after the server's end{users_of(card)}"
        for card in full
    ]
