"""What the fork server imports before the first job, while the model server boots.

Importing this has side effects on purpose (output goes nowhere, the process ends with its parent), so
nothing but the fork server may import it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading

WORKERS = ("tasks.measure.speed.point_worker", "tasks.measure.accuracy.accuracy_worker")


def _leave_with(parent: int, done: threading.Event) -> None:
    """End the process when its parent is gone; the fork server itself looks only after the imports."""
    while not done.wait(0.2):
        if os.getppid() != parent:
            os._exit(1)


def _import_workers() -> None:
    """Import all workers; a failure is not lost: the child of the first job meets it again and reports it."""
    parent = int(os.environ.pop("SERVEGAUGE_POOL_PARENT", os.getppid()))  # it may be gone already
    done = threading.Event()
    watch = threading.Thread(target=_leave_with, args=(parent, done), daemon=True)
    watch.start()
    with contextlib.suppress(ImportError):
        from tqdm import tqdm  # type: ignore[import-untyped]

        tqdm.set_lock(threading.RLock())  # its own is a semaphore, reported as leaked when a child is killed
    for worker in WORKERS:
        with contextlib.suppress(Exception):
            importlib.import_module(worker)
    done.set()
    watch.join()  # a fork copies no threads, so none may be left


_nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 1)
os.dup2(_nowhere, 2)
os.close(_nowhere)
_import_workers()
