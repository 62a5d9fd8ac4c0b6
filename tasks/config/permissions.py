"""Checks what a run that a worker starts changes in a spec. Some changes need the operator's permission.

Anyone who can reach Prefect's API can choose the parameters of such a run. Runs from the command line are
not checked, because they have the rights of the user who typed the command.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, assert_never

from tasks.config.home import expanded
from tasks.config.permission_rules import (
    BLOCKS,
    PATHS,
    PERMISSIONS,
    REMOTE_CODE,
    SECRETS,
    SPECS_FOLDER,
    is_below,
    is_readable,
    permission_for,
)
from tasks.config.results_location import ResultsLocation, results_location
from tasks.config.server import CommandServer, EndpointServer, VllmServer
from tasks.config.spec import Spec
from tasks.config.spec_file import spec_names
from tasks.errors import InputError
from tasks.text import did_you_mean

ALLOW = "SERVEGAUGE_ALLOW"
RESULTS = "SERVEGAUGE_RESULTS"
ALL = "all"


def allowed_by_operator() -> frozenset[str]:
    """Return the permissions in SERVEGAUGE_ALLOW, a list separated by commas; `all` gives every one.

    Raises:
        InputError: one of them is unknown.
    """
    names = frozenset(filter(None, os.environ.get(ALLOW, "").replace(" ", "").split(",")))
    unknown = sorted(names - PERMISSIONS.keys() - {ALL})
    if unknown:
        hint = did_you_mean(unknown[0], sorted(PERMISSIONS))
        raise InputError(f"{ALLOW} has {unknown[0]!r}", f"{hint}it takes: {', '.join((*PERMISSIONS, ALL))}")
    return frozenset(PERMISSIONS) if ALL in names else names


def check_spec_choice(name_or_file: str) -> None:
    """Raise InputError if PATHS is not allowed and a spec is not bundled or in the operator's folder."""
    if name_or_file not in spec_names() and not is_readable(expanded(name_or_file)):
        _require(PATHS, f"spec {name_or_file}", f"name a bundled spec, or one in the folder {SPECS_FOLDER}")


def check_results_choice(address: str) -> ResultsLocation:
    """Return the results location at an address. Raise InputError if it is outside the operator's."""
    chosen, own = results_location(address), results_location(os.environ.get(RESULTS) or "results")
    if chosen.bucket is None or own.bucket is None:
        inside = chosen.bucket == own.bucket and is_below(chosen.folder, own.folder)
    else:
        inside = f"{chosen.bucket}/".startswith(f"{own.bucket}/")
    if not inside:
        _require(PATHS, f"results {address}", f"choose {own}, or what is below it")
    return chosen


def check_changes(spec: Spec, changed: Spec) -> None:
    """Check what a caller changed in a spec.

    Args:
        spec: the spec as its file has it.
        changed: the spec with the caller's parameters applied.

    Raises:
        InputError: a change needs a permission that the operator has not given.
    """
    before = fields_of(spec)
    for path, value in fields_of(changed).items():
        if path not in before or before[path] != value:
            permission = permission_for(path, value)
            if permission:
                _require(permission, _assignment(path, value))
    _check_remote_code(spec, changed)
    if _sends_secrets(changed) and _url(spec) != _url(changed):
        _require(SECRETS, f"server.url={_url(changed)} with the key of the spec")
    for name in ("host", "results"):
        block = getattr(changed.blocks, name)
        if block:  # even if the file names it: API callers can write its content
            _require(BLOCKS, f"blocks.{name}={block}")


def fields_of(spec: Spec) -> dict[str, Any]:
    """Return every value of a spec by its path, such as `sweeps.0.dataset`."""
    fields: dict[str, Any] = {}
    _flatten(spec.model_dump(), "", fields)
    return fields


def _flatten(value: Any, path: str, fields: dict[str, Any]) -> None:
    if isinstance(value, Mapping) and value:
        entries = [(str(key), entry) for key, entry in value.items()]
    elif isinstance(value, tuple | list) and value and path != "server.command":
        entries = [(str(index), entry) for index, entry in enumerate(value)]
    else:
        fields[path] = value
        return
    for key, entry in entries:
        _flatten(entry, f"{path}.{key}" if path else key, fields)


def _check_remote_code(spec: Spec, changed: Spec) -> None:
    """Require REMOTE_CODE for a changed repository if it is trusted: the operator only read the spec's."""
    server = changed.server
    if not _trusts_remote_code(server):
        return
    for name in ("model", "revision", "hub", "tokenizer"):
        value = getattr(server, name, None)
        if value != getattr(spec.server, name, None):
            _require(REMOTE_CODE, f"{_assignment(f'server.{name}', value)} with trust_remote_code")


def _trusts_remote_code(server: VllmServer | CommandServer | EndpointServer) -> bool:
    if isinstance(server, VllmServer):
        return any(
            value and name.replace("_", "-") == "trust-remote-code" for name, value in server.args.items()
        )
    if isinstance(server, CommandServer):
        return any("trust" in word and "remote" in word for word in server.command)
    if isinstance(server, EndpointServer):
        return False
    assert_never(server)


def _sends_secrets(spec: Spec) -> bool:
    server = spec.server
    return isinstance(server, EndpointServer) and bool(
        server.api_key_env or server.headers or spec.blocks.endpoint
    )


def _url(spec: Spec) -> str | None:
    return spec.server.url if isinstance(spec.server, EndpointServer) else None


def _assignment(path: str, value: Any) -> str:
    text = f"{path}={value}"
    return text if len(text) <= 100 else f"{text[:97]}..."


def _require(permission: str, what: str, alternative: str = "start it with `servegauge run`") -> None:
    if permission not in allowed_by_operator():
        raise InputError(
            f"{what}: not allowed in a run that a worker starts",
            f"{alternative}, or add `{permission}` to {ALLOW} of `servegauge up` or the worker",
        )
