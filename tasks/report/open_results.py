"""Opens recorded results for a command that reads them."""

from __future__ import annotations

from collections.abc import Callable

from tasks.config.results_location import existing_results
from tasks.record.run_lock import record_killed_runs
from tasks.record.store import Store
from tasks.track.killed_swanlab import mend_killed_logging

MANY_FILES = 1000
"""Reading so many files of single runs takes most of a second."""


def open_results(address: str, say: Callable[[str], None]) -> Store:
    """Return the tables at an address, after recording which runs were killed.

    Args:
        address: a folder or an s3:// address, as a user gives it.
        say: is called with a message for each experiment that a killed run left incomplete, and once if so
            many runs lie in files of their own that reading takes long.

    Raises:
        InputError: the address is wrong, or the folder does not exist or cannot be read.
        RecordError: the folder of the table of runs cannot be read.
    """
    location = existing_results(address)
    store = Store(location)
    record_killed_runs(store, location.runs_folder)
    for message in mend_killed_logging(location.folder):
        say(message)
    if location.bucket is None:
        try:
            loose = len(store.files.list_files("runs"))
        except OSError as error:
            raise store.unreadable("runs", (), error) from error
        if loose > MANY_FILES:
            say(f"{loose:,} runs lie in files of their own; `servegauge compact` makes reading them quick")
    return store
