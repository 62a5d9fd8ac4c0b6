"""What the fork server imports before the first job, while the model server boots.

Only the fork server may import this module: the import redirects output to /dev/null.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading

from tasks.measure.processes.fork_server import PARENT
from tasks.quick_imports import quick_imports

LAZY_NAMES = (("modelscope", "AutoTokenizer"),)
"""Modules and names that EvalScope would import in every measuring process, which takes a second."""
WORKERS = (
    "tasks.measure.speed.point_worker",
    "tasks.measure.accuracy.accuracy_worker",
    "tasks.measure.accuracy.load_worker",
)


def _exit_with_parent(parent: int, imported: threading.Event) -> None:
    """Exit when the parent has ended: the fork server itself checks that only after its imports."""
    while not imported.wait(0.2):
        if os.getppid() != parent:
            os._exit(1)


def _import_workers() -> None:
    """Import all workers and ignore errors: the child of the first job imports again and reports them."""
    parent = int(os.environ.pop(PARENT, os.getppid()))  # getppid() is wrong if the parent has ended
    imported = threading.Event()
    watch = threading.Thread(target=_exit_with_parent, args=(parent, imported), daemon=True)
    watch.start()
    with contextlib.suppress(ImportError):
        from tqdm import tqdm  # type: ignore[import-untyped]

        # tqdm's default lock is a semaphore, which is reported as leaked when a child is killed.
        tqdm.set_lock(threading.RLock())
    for worker in WORKERS:
        with contextlib.suppress(Exception):
            importlib.import_module(worker)
    for module, name in LAZY_NAMES:
        with contextlib.suppress(Exception):
            getattr(importlib.import_module(module), name)
    imported.set()
    watch.join()  # a fork copies only the calling thread: no other thread may run when jobs are forked


_devnull = os.open(os.devnull, os.O_WRONLY)
os.dup2(_devnull, 1)
os.dup2(_devnull, 2)
os.close(_devnull)
with quick_imports():
    _import_workers()
