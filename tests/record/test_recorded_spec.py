"""The recorded spec: the same spec comes back, and no secret value is in it."""

from __future__ import annotations

import pytest

from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError
from tasks.record.recorded_spec import recordable_spec, spec_again
from tasks.record.results import RunRecord
from tests.record import made_up

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def spec_of(**server: object) -> Spec:
    """The spec `smoke` with other fields of its server."""
    fields = load_spec("smoke").model_dump()
    return Spec.model_validate({**fields, "server": {**fields["server"], **server}})


def recorded(spec: Spec, revision: str | None = None) -> RunRecord:
    """A run that measured a spec."""
    run = made_up.run()
    manifest = run.manifest.model_copy(update={"model_revision": revision})
    return run.model_copy(update={"manifest": manifest, "spec_json": recordable_spec(spec)})


@pytest.mark.parametrize("name", spec_names())
def test_a_spec_comes_back_as_it_was(name: str) -> None:
    spec = load_spec(name)
    again = spec_again(recorded(spec), {})
    assert (again.spec, again.unset) == (spec, ())
    assert again.spec.model_dump_json() == spec.model_dump_json()


def test_a_secret_value_is_not_recorded_and_is_taken_from_this_machine() -> None:
    spec = spec_of(env={"HF_TOKEN": "s3cret-value", "LEVEL": "1"})
    run = recorded(spec)
    assert run.spec_json is not None
    assert "s3cret" not in run.spec_json
    assert spec_again(run, {"HF_TOKEN": "s3cret-value"}) == (spec, ())
    for environ in ({}, {"HF_TOKEN": "another"}):
        again = spec_again(run, environ)
        assert again.unset == ("HF_TOKEN",)
        assert again.spec == spec_of(env={"LEVEL": "1"})


def test_the_model_is_the_commit_that_was_measured() -> None:
    newest = spec_of(model="org/model")
    assert spec_again(recorded(newest, COMMIT), {}).spec == spec_of(model="org/model", revision=COMMIT)
    assert spec_again(recorded(newest, "digest-of-a-folder"), {}).spec == newest
    tagged = spec_of(model="org/model", revision="v1")
    assert spec_again(recorded(tagged, COMMIT), {}).spec == tagged


def test_a_spec_that_this_version_does_not_know_is_wrong_input() -> None:
    run = recorded(spec_of()).model_copy(update={"spec_json": '{"name": "a", "server": {}}'})
    with pytest.raises(InputError, match="not valid in this version"):
        spec_again(run, {})
