"""Opens recorded results for a command that reads them."""

from __future__ import annotations

from collections.abc import Callable

from tasks.config.results_location import existing_results
from tasks.record.run_lock import record_killed_runs
from tasks.record.store import Store
from tasks.track.killed_swanlab import mend_killed_logging


def open_results(address: str, say: Callable[[str], None]) -> Store:
    """Return the tables at an address, after recording which runs were killed.

    Args:
        address: a folder or an s3:// address, as a user gives it.
        say: is called with a message for each experiment that a killed run left incomplete.

    Raises:
        InputError: the address is wrong, or the folder does not exist.
    """
    location = existing_results(address)
    store = Store(location)
    record_killed_runs(store, location.runs_folder)
    for message in mend_killed_logging(location.folder):
        say(message)
    return store
