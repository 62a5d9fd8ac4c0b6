"""Finds the recorded run that a person names: an id, a part of one, a baseline, `last` or `previous`."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.gate import PREVIOUS
from tasks.errors import InputError
from tasks.record.baseline import previous_run
from tasks.record.named_baselines import baselines
from tasks.record.read_run import nearest_runs, recorded_run, some_runs
from tasks.record.store import Store

LAST = "last"


def find_run(store: Store, name: str) -> str:
    """Return the id of the run that `name` names.

    Args:
        store: the tables.
        name: a run's id, its beginning or its end if no other run shares it; a baseline's name; `last`: the
            newest run; `previous`: the newest completed run before it of the same spec, model and hardware.

    Raises:
        InputError: no run or more than one is named so; the message names ids.
        RecordError: the table of runs cannot be read.
    """
    ids = store.run_ids()
    if name in ids:
        return name
    if name in (LAST, PREVIOUS):
        return _newest(store, ids) if name == LAST else _before_newest(store, ids)
    baseline = baselines(store).get(name)
    if baseline in ids:
        return baseline
    named = [run_id for run_id in ids if name and (run_id.startswith(name) or run_id.endswith(name))]
    if len(named) == 1:
        return named[0]
    if named:
        raise InputError(
            f"{len(named)} runs begin or end with {name!r}", f"give more of the id: {some_runs(named)}"
        )
    raise InputError(f"no run {name!r} is recorded in {store.location}", nearest_runs(name, ids))


def _newest(store: Store, ids: Sequence[str]) -> str:
    if not ids:
        raise InputError(f"no run is recorded in {store.location}", nearest_runs(LAST, ids))
    return ids[0]


def _before_newest(store: Store, ids: Sequence[str]) -> str:
    newest = _newest(store, ids)
    earlier = previous_run(store, recorded_run(store, newest))
    if earlier is None:
        raise InputError(
            f"no completed run before {newest} has its spec, model and hardware",
            f"give the run's id; the newest are: {some_runs(ids)}",
        )
    return earlier


def gate_baseline(store: Store, name: str) -> str:
    """Return the id of the run that a gate compares with: that of a baseline's name, or the name itself.

    Raises:
        InputError: there is neither a baseline nor a run of this name.
        RecordError: the names or the table of runs cannot be read.
    """
    names = baselines(store)
    try:
        return recorded_run(store, names.get(name, name)).run_id
    except InputError as error:
        known = f"; baselines: {', '.join(sorted(names))}" if names else ""
        raise InputError(f"gate.baseline: {error.what}", f"{error.remedy}{known}") from None
