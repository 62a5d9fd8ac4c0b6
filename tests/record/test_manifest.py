"""What a run's manifest takes from its subject."""

from __future__ import annotations

import json

from tasks.record.manifest import manifest_of, recordable_variables
from tests.plan.test_plan import SUBJECT


def test_model_revision_and_licence_are_recorded() -> None:
    manifest = manifest_of(SUBJECT.model_copy(update={"model_license": "apache-2.0"}))
    assert (manifest.model, manifest.model_revision, manifest.model_license) == ("m", "r", "apache-2.0")
    assert manifest_of(SUBJECT).model_license is None


def test_variables_are_recorded_and_secrets_among_them_only_told_apart() -> None:
    given = {"VLLM_ATTENTION_BACKEND": "TRITON_ATTN", "HF_TOKEN": "hf-7c1d"}
    found = manifest_of(SUBJECT.model_copy(update={"server_env": json.dumps(given)})).server_env or ""
    assert json.loads(found)["VLLM_ATTENTION_BACKEND"] == "TRITON_ATTN"
    assert "hf-7c1d" not in found
    assert found != recordable_variables(json.dumps(given | {"HF_TOKEN": "another"}))
