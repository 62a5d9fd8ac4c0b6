"""Names that a team gives to runs, such as `release`; gates and comparisons take them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import StringConstraints, ValidationError

from tasks.config.access import READABLE
from tasks.config.base import Frozen
from tasks.config.gate import PREVIOUS
from tasks.errors import InputError, RecordError
from tasks.record.changing import changing
from tasks.record.store import Store
from tasks.text import did_you_mean

FILE = "baselines.json"
RESERVED = ("last", PREVIOUS)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}")


class Baselines(Frozen):
    """The run of each name."""

    names: dict[Annotated[str, StringConstraints(pattern=f"^{_NAME.pattern}$")], str]


def baselines(store: Store) -> dict[str, str]:
    """Return the run of each name. Raises RecordError."""
    path = store.files.root / FILE
    try:
        content = store.files.get(path)
        return {} if content is None else Baselines.model_validate_json(content).names
    except OSError as error:
        reason = store.files.error_text(error)
        raise RecordError(f"{path} cannot be read: {reason}", READABLE) from error
    except ValidationError as error:
        what = f"{path} is damaged: {error.errors()[0]['msg']}"
        raise RecordError(what, "remove it, and set the baselines again") from None


def set_baseline(store: Store, name: str, run_id: str) -> str | None:
    """Give a name to a recorded run, and return the run that had it before.

    Raises:
        InputError: the name is none, or is that of a run.
        RecordError: the names cannot be read or written.
    """
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise InputError(
            f"{name!r} cannot be the name of a baseline",
            "begin with a letter, then letters, digits, dots and dashes; `last` and `previous` are taken",
        )
    if name in store.run_ids():
        raise InputError(f"{name} is the id of a run", "choose another name")
    with changing(store):
        names = baselines(store)
        _write(store, {**names, name: run_id})
    return names.get(name)


def remove_baseline(store: Store, name: str) -> str:
    """Remove a name, and return the run that had it. Raises InputError, RecordError."""
    with changing(store):
        names = baselines(store)
        if name not in names:
            known = f"there are: {', '.join(sorted(names))}" if names else "there is none"
            raise InputError(f"no baseline is called {name!r}", f"{did_you_mean(name, names)}{known}")
        _write(store, {key: run_id for key, run_id in names.items() if key != name})
    return names[name]


def add_baselines(target: Store, source: Store) -> list[str]:
    """Take over the names of another place; return those that mean another run here, and are not taken over.

    The caller holds the lock of `target`.
    """
    here, there = baselines(target), baselines(source)
    if there.keys() - here.keys():
        _write(target, {**there, **here})
    return [name for name, run_id in there.items() if here.get(name, run_id) != run_id]


def _write(store: Store, names: dict[str, str]) -> None:
    content = Baselines(names=dict(sorted(names.items()))).model_dump_json(indent=1)
    store.files.put(store.files.root / FILE, content.encode())
