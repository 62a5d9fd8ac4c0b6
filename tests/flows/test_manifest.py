"""What a run's manifest takes from its subject."""

from __future__ import annotations

from flows.manifest import manifest_of
from tests.plan.test_plan import SUBJECT


def test_model_revision_and_licence_are_recorded() -> None:
    manifest = manifest_of(SUBJECT.model_copy(update={"model_license": "apache-2.0"}))
    assert (manifest.model, manifest.model_revision, manifest.model_license) == ("m", "r", "apache-2.0")
    assert manifest_of(SUBJECT).model_license is None
