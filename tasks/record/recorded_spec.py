"""The spec of a run as the table `runs` keeps it, to measure the same again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.record.manifest import DIGEST, recordable_variables
from tasks.record.results import RunRecord

_COMMIT = re.compile(r"[0-9a-f]{40}")


class SpecAgain(NamedTuple):
    """The spec of a recorded run. `unset`: variables of its server whose secret values are not known here."""

    spec: Spec
    unset: tuple[str, ...]


def recordable_spec(spec: Spec) -> str:
    """Return a spec as JSON, with a digest in place of each secret value of the server's variables."""
    fields = spec.model_dump(mode="json")
    variables = fields["server"].get("env")
    if variables:
        recordable = json.loads(recordable_variables(json.dumps(variables)))
        fields["server"]["env"] = {name: recordable[name] for name in variables}
    return json.dumps(fields)


def spec_again(run: RunRecord, environ: Mapping[str, str]) -> SpecAgain:
    """Return the spec that a run measured, with the model's revision that it had.

    Args:
        run: the recorded run.
        environ: the variables of this process, which secret values of the server's variables are taken from.

    Raises:
        InputError: another tool measured the run, or an earlier version recorded it without its spec.
    """
    if run.manifest.source:
        raise InputError(
            f"{run.run_id} was measured by {run.manifest.source}", "measure it again with that tool"
        )
    if run.spec_json is None:
        raise InputError(
            f"{run.run_id} was recorded without its spec by an earlier version",
            f"run the spec {run.spec} if you still have it, then compare both runs",
        )
    fields = json.loads(run.spec_json)
    unset = _set_variables(fields["server"], environ)
    _pin_revision(fields["server"], run.manifest.model_revision or "")
    try:
        return SpecAgain(Spec.model_validate(fields), unset)
    except ValidationError as error:
        what = f"the spec of {run.run_id} is not valid in this version: {error.errors()[0]['msg']}"
        raise InputError(what, "run it with the version that recorded it") from None


def _set_variables(server: dict[str, Any], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Put secret values back that have the recorded digest; drop the others, and return their names."""
    unset = []
    for name, recorded in dict(server.get("env") or {}).items():
        if not recorded.startswith(DIGEST):
            continue
        here = json.loads(recordable_variables(json.dumps({name: environ.get(name, "")})))[name]
        if here == recorded:
            server["env"][name] = environ[name]
        else:
            del server["env"][name]
            unset.append(name)
    return tuple(unset)


def _pin_revision(server: dict[str, Any], revision: str) -> None:
    """Ask the hub for the commit that the run had, where the spec asked for the newest one."""
    if "revision" in server and server["revision"] is None and _COMMIT.fullmatch(revision):
        server["revision"] = revision
